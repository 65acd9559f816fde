/** The coupons that a member may use, each with its code, and that as a QR image for whoever asks. */

import type { Client } from "graphql-ws";

import type { Clock } from "./clock";
import type { Coupon, Wallet } from "./contract";
import { element } from "./dom";
import { readCode } from "./requests";

export interface WalletView {
  node: HTMLElement;
  show(wallet: Wallet): void;
  clear(): void;
  useClock(clock: Clock): void;
}

interface Row {
  node: HTMLElement;
  until: HTMLElement;
}

export function createWallet(client: Client, clock: Clock): WalletView {
  const list = element("ul.coupons");
  const words = element("p.help");
  const node = element("section.wallet", { hidden: true }, element("h3", {}, "Coupons"), list, words);
  const rows = new Map<string, Row>();

  const clear = (): void => {
    node.hidden = true;
    rows.clear();
    list.replaceChildren();
  };

  return {
    node,
    clear,
    useClock: (program) => void (clock = program),
    show({ nodes, pageInfo }) {
      node.hidden = false;
      const shown = new Set(nodes.map(({ id }) => id));
      for (const [id, row] of rows) {
        if (shown.has(id)) continue;
        row.node.remove();
        rows.delete(id);
      }
      // A row stays the same element for as long as its coupon is there: an open image and the focus stay where they are.
      nodes.forEach((coupon, index) => {
        const row = rows.get(coupon.id) ?? rowOf(coupon, client);
        rows.set(coupon.id, row);
        const until = coupon.expiresAt === null ? "Does not expire" : `Until ${clock.dayBefore(coupon.expiresAt)}`;
        if (row.until.textContent !== until) row.until.textContent = until;
        const place = list.children[index] ?? null;
        if (place !== row.node) list.insertBefore(row.node, place);
      });
      words.hidden = nodes.length > 0 && !pageInfo.hasNextPage;
      words.textContent = nodes.length === 0 ? "None to use." : "And older ones.";
    },
  };
}

function rowOf({ id, code, template }: Coupon, client: Client): Row {
  const until = element("span.help");
  const node = element("li", {}, element("span.what", {}, template.name), until);
  if (code === null) return { node, until };
  const button = element("button.quiet", { type: "button", "aria-expanded": "false" }, "QR code");
  const image = element("div.qr", { role: "status", hidden: true });
  button.append(element("span.unseen", {}, ` of ${template.name}`));
  button.addEventListener("click", () => {
    image.hidden = !image.hidden;
    button.setAttribute("aria-expanded", String(!image.hidden));
    if (!image.hidden && image.childElementCount === 0) void draw(image, client, id, code);
  });
  node.append(element("div.code", {}, element("code", {}, code), button), image);
  return { node, until };
}

async function draw(image: HTMLElement, client: Client, id: string, code: string): Promise<void> {
  image.replaceChildren("Loading…");
  try {
    const svg = await readCode(client, id);
    if (svg === null) image.replaceChildren("This key may not see it.");
    // An image cannot run scripts, whatever the SVG holds.
    else image.replaceChildren(element("img", { src: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt: `QR code of ${code}` }));
  } catch (error) {
    image.replaceChildren(error instanceof Error ? error.message : "It could not be loaded.");
  }
}
