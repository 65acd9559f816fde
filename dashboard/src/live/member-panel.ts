/** One member's newest state beside the list. */

import type { Client } from "graphql-ws";

import { type Clock, clockOf } from "./clock";
import type { Balance, MemberName, MemberState, Progress } from "./contract";
import { isZero } from "./decimal";
import { nameOf } from "./describe";
import { element } from "./dom";
import { followMember } from "./requests";
import { createWallet } from "./wallet";

export interface MemberPanel {
  node: HTMLElement;
  open(member: MemberName, from: HTMLElement): void;
  close(): void;
  useClock(clock: Clock): void;
}

export function createMemberPanel(client: Client): MemberPanel {
  const title = element("h2", { id: "member-title", tabindex: -1 });
  const body = element("div.body");
  const wallet = createWallet(client, clockOf(undefined));
  const shut = element("button.quiet", { type: "button" }, "Close");
  const node = element(
    "aside.panel",
    { "aria-labelledby": "member-title", hidden: true },
    element("div.bar", {}, title, shut),
    body,
    wallet.node,
  );
  let stop = (): void => {};
  let opener: HTMLElement | undefined;

  const close = (): void => {
    if (node.hidden) return;
    stop();
    node.hidden = true;
    if (opener?.isConnected) opener.focus();
  };
  shut.addEventListener("click", close);

  return {
    node,
    close,
    useClock: wallet.useClock,
    open(member, from) {
      stop();
      wallet.clear();
      opener = from;
      title.textContent = nameOf(member);
      body.replaceChildren(element("p.help", {}, "Loading…"));
      node.hidden = false;
      title.focus();
      stop = followMember(client, member.id, {
        state(state) {
          title.textContent = nameOf(state);
          body.replaceChildren(...contents(state));
          wallet.show(state.coupons);
        },
        trouble: (message) => body.replaceChildren(element("p.notice", {}, message)),
      });
    },
  };
}

function contents(member: MemberState): HTMLElement[] {
  const { tier, next, progress } = member.standing;
  const towards = next === null ? "The highest tier." : `Next: ${next.name}`;
  return [
    element(
      "p.identity",
      {},
      element("span.number", {}, `No. ${member.number}`),
      element("span.kind.other", {}, member.status.toLowerCase()),
    ),
    element(
      "section",
      {},
      element("h3", {}, "Tier"),
      element("p.tier-name", {}, tier.name),
      element("p.help", {}, towards),
      ...progress.map(bar),
    ),
    element("section", {}, element("h3", {}, "Balances"), balances(member.balances)),
  ];
}

function bar({ metric, current, required, missing }: Progress): HTMLElement {
  const label = metric.charAt(0) + metric.slice(1).toLowerCase().replaceAll("_", " ");
  const left = isZero(missing) ? "reached" : `${missing} to go`;
  const words = element("p", {}, element("span", {}, `${label}: ${current} of ${required}`), element("span", {}, left));
  if (isZero(required)) return element("div.progress", {}, words);
  // The bar is a picture, so a rounded number will do; the exact ones stand above it.
  const value = Math.min(Number(current), Number(required));
  return element("div.progress", {}, words, element("progress", { value, max: Number(required), "aria-label": label }));
}

function balances(all: Balance[]): HTMLElement {
  if (all.length === 0) return element("p.help", {}, "None yet.");
  const head = ["Asset", "Available", "Pending", "Held"].map((name) => element("th", { scope: "col" }, name));
  const rows = all.map(({ asset, available, pending, held }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, asset.name),
      ...[available, pending, held].map((amount) => element(isZero(amount) ? "td.zero" : "td", {}, amount)),
    ),
  );
  return element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}
