/** An event in the words of the page. */

import type { BalanceChanged, CouponGifted, MemberEvent, MemberName, OrderReturned } from "./contract";
import { isPositive, signed } from "./decimal";

/** The colour of a row; the text says the same without it. */
export type Tone = "order" | "gain" | "loss" | "tier" | "member" | "coupon" | "other";

export interface Description {
  label: string;
  text: string;
  tone: Tone;
}

export function describe(event: MemberEvent): Description {
  switch (event.__typename) {
    case "OrderCommitted":
      return { label: "Order", text: `Order ${event.order.externalId} · ${event.order.payable}`, tone: "order" };
    case "OrderHeld":
      return { label: "Held", text: `Order ${event.order.externalId} · ${event.order.payable}`, tone: "order" };
    case "OrderReturned":
      return { label: "Return", text: `Order ${event.order.externalId} · ${pieces(event)}`, tone: "loss" };
    case "OrderCancelled":
      return { label: "Cancelled", text: `Order ${event.order.externalId}`, tone: "other" };
    case "OrderClaimed":
      return { label: "Claimed", text: `Order ${event.order.externalId} · ${event.order.payable}`, tone: "order" };
    case "OrderExpired":
      return { label: "Hold over", text: `Order ${event.order.externalId}`, tone: "other" };
    case "ExpiryReminded":
      return {
        label: "Reminder",
        text: `${event.expiry.amount} ${event.asset.code} expire on ${event.expiry.at.slice(0, 10)}`,
        tone: "other",
      };
    case "BalanceChanged":
      return {
        label: "Balance",
        text: `${signed(event.change)} ${event.asset.code}${reserved(event)} → ${event.balance.available}`,
        tone: isPositive(event.change) ? "gain" : "loss",
      };
    case "TierChanged":
      return { label: "Tier", text: `${event.from?.code ?? "no tier"} → ${event.to.code}`, tone: "tier" };
    case "CouponIssued":
      return coupon(event, "given");
    case "CouponClaimed":
      return coupon(event, "claimed");
    case "CouponGifted":
      return coupon(event, gifted(event));
    case "CouponHeld":
      return coupon(event, `reserved for order ${event.order.externalId}`);
    case "CouponReleased":
      return coupon(event, `not needed for order ${event.order.externalId}`);
    case "CouponUsed":
      return coupon(event, `used for order ${event.order.externalId}`);
    case "CouponReturned":
      return coupon(event, `back with order ${event.order.externalId}`);
    case "CouponExpired":
      return coupon(event, "expired");
    case "CouponVoided":
      return coupon(event, "made void");
    case "CouponExtended":
      return coupon(event, "good for longer");
    case "MemberEnrolled":
      if (event.member.kind === "GIFT_CARD") return { label: "Gift card", text: "Issued", tone: "other" };
      return { label: "Joined", text: "Enrolled in the program", tone: "member" };
    case "MemberAmended":
      return { label: "Member", text: "Details changed", tone: "other" };
    default:
      return unknown(event);
  }
}

function reserved(event: BalanceChanged): string {
  return event.entry.kind === "HOLD" ? " reserved" : "";
}

function pieces(event: OrderReturned): string {
  const count = event.return.lines.reduce((sum, line) => sum + line.quantity, 0);
  return count === 1 ? "1 piece came back" : `${count} pieces came back`;
}

function coupon(event: { coupon: { template: { name: string } } | null }, what: string): Description {
  return { label: "Coupon", text: `${event.coupon?.template.name ?? "A coupon"} · ${what}`, tone: "coupon" };
}

function gifted({ giver, taker }: CouponGifted): string {
  if (giver !== null) return `from ${nameOf(giver)}`;
  return taker === null ? "given away" : `given to ${nameOf(taker)}`;
}

/** The contract only grows: a kind that this page does not know yet is shown by its name. */
function unknown(event: { kind: string }): Description {
  const words = event.kind.toLowerCase().replaceAll("_", " ");
  return { label: "Event", text: words.charAt(0).toUpperCase() + words.slice(1), tone: "other" };
}

export function nameOf(member: Omit<MemberName, "id">): string {
  return member.name ?? `Member ${member.number}`;
}
