/** What happened since the page was opened. */

import type { MemberEvent } from "./contract";
import { add, isPositive } from "./decimal";
import { element } from "./dom";

export interface Counters {
  node: HTMLElement;
  count(events: MemberEvent[]): void;
}

export function createCounters(): Counters {
  const totals = { orders: 0, points: "0", tiers: 0, members: 0 };
  const orders = counter("Orders");
  const points = counter("Points earned");
  const tiers = counter("Tier changes");
  const members = counter("New members");
  const all = [orders, points, tiers, members];
  return {
    node: element("dl.counters", { "aria-label": "Since this page was opened" }, ...all.map(({ node }) => node)),
    count(events) {
      for (const event of events) {
        if (event.__typename === "OrderCommitted") totals.orders += 1;
        else if (event.__typename === "TierChanged") totals.tiers += 1;
        else if (event.__typename === "MemberEnrolled") totals.members += event.member.kind === "GIFT_CARD" ? 0 : 1;
        else if (isPointsEarned(event)) totals.points = add(totals.points, event.change);
      }
      orders.value.textContent = String(totals.orders);
      points.value.textContent = totals.points;
      tiers.value.textContent = String(totals.tiers);
      members.value.textContent = String(totals.members);
    },
  };
}

function isPointsEarned(event: MemberEvent): event is Extract<MemberEvent, { change: string }> {
  return event.__typename === "BalanceChanged" && event.asset.kind === "POINTS" && event.entry.kind === "EARN" && isPositive(event.change);
}

function counter(label: string): { node: HTMLElement; value: HTMLElement } {
  const value = element("dd", {}, "0");
  return { node: element("div", {}, element("dt", {}, label), value), value };
}
