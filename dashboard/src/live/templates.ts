/** The templates of coupons, with counters that move while coupons are had and used. */

import type { Client } from "graphql-ws";

import type { CouponCounters, CouponTemplate } from "./contract";
import { element } from "./dom";
import { followCounters, readTemplates } from "./requests";

const TEMPLATES_MAX = 8;
/** Below this width the page starts with the events, and the counters wait to be opened. */
const WIDE = "(min-width: 50rem)";

const COLUMNS: readonly { of: keyof CouponCounters; label: string; isMoney?: true }[] = [
  { of: "issued", label: "Issued" },
  { of: "claimed", label: "Claimed" },
  { of: "held", label: "Held" },
  { of: "used", label: "Used" },
  { of: "left", label: "Left" },
  { of: "discount", label: "Discount", isMoney: true },
  { of: "revenue", label: "Revenue", isMoney: true },
];

export interface Templates {
  node: HTMLElement;
  /** Read the templates and follow their counters; nothing is shown when there are none, or the key may not see them. */
  open(): Promise<void>;
  close(): void;
  useCurrency(currency: string): void;
}

export function createTemplates(client: Client): Templates {
  const unit = element("span.help");
  const body = element("tbody", { role: "rowgroup" });
  const head = ["Template", ...COLUMNS.map(({ label }) => label)].map((label) =>
    element("th", { scope: "col", role: "columnheader" }, label),
  );
  // The roles are said aloud because a narrow screen lays the table out as blocks, and browsers then forget them.
  const table = element(
    "table",
    { role: "table", "aria-label": "Counters of the templates of coupons" },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...head)),
    body,
  );
  const node = element(
    "details.templates",
    { open: matchMedia(WIDE).matches, hidden: true },
    element("summary.bar", {}, element("h2", {}, "Coupons"), unit),
    table,
  );
  const numbers = new Intl.NumberFormat();
  let stops: (() => void)[] = [];
  let closed = false;

  const close = (): void => {
    closed = true;
    for (const stop of stops) stop();
    stops = [];
  };

  const follow = ({ id, name }: CouponTemplate): void => {
    const cells = COLUMNS.map(({ label }) => element("td", { role: "cell", "data-label": label }, "–"));
    const title = element("th", { scope: "row", role: "rowheader" }, name);
    body.append(element("tr", { role: "row" }, title, ...cells));
    const stop = followCounters(client, id, {
      counters(counters) {
        COLUMNS.forEach(({ of, isMoney }, index) => {
          const value = counters[of];
          const text = value === null ? "–" : isMoney ? String(value) : numbers.format(Number(value));
          const cell = cells[index];
          if (cell === undefined || cell.textContent === text) return;
          const isFirst = cell.firstElementChild === null;
          cell.replaceChildren(element(isFirst ? "span" : "span.moved", {}, text));
        });
      },
      denied() {
        node.hidden = true;
      },
    });
    stops.push(stop);
  };

  return {
    node,
    close,
    useCurrency: (currency) => void (unit.textContent = `Discount and revenue in ${currency}`),
    async open() {
      const all = await readTemplates(client).catch(() => []);
      const shown = all.filter(({ state, bundle }) => state === "RUNNING" && bundle.length === 0);
      if (closed || shown.length === 0) return;
      node.hidden = false;
      for (const template of shown.slice(0, TEMPLATES_MAX)) follow(template);
    },
  };
}
