/** What the documents of this page return. Amounts are decimal strings, instants are ISO 8601. */

export interface Program {
  code: string;
  name: string;
  currency: string;
  timeZone: string;
}

export interface MemberName {
  id: string;
  number: string;
  name: string | null;
}

interface Fact {
  position: string;
  kind: string;
  occurredAt: string;
  recordedAt: string;
  member: MemberName & { kind: string };
}

export interface OrderCommitted extends Fact {
  __typename: "OrderCommitted";
  order: { externalId: string; payable: string };
}

export interface OrderHeld extends Fact {
  __typename: "OrderHeld";
  order: { externalId: string; payable: string };
}

export interface OrderClaimed extends Fact {
  __typename: "OrderClaimed";
  order: { externalId: string; payable: string };
}

export interface OrderReturned extends Fact {
  __typename: "OrderReturned";
  order: { externalId: string };
  return: { lines: { quantity: number }[] };
}

export interface OrderEnded extends Fact {
  __typename: "OrderCancelled" | "OrderExpired";
  order: { externalId: string };
}

export interface ExpiryReminded extends Fact {
  __typename: "ExpiryReminded";
  asset: { code: string };
  expiry: { amount: string; at: string };
}

export interface BalanceChanged extends Fact {
  __typename: "BalanceChanged";
  asset: { code: string; kind: string };
  change: string;
  entry: { kind: string };
  balance: { available: string };
}

export interface TierChanged extends Fact {
  __typename: "TierChanged";
  direction: string;
  from: { code: string } | null;
  to: { code: string };
}

export interface CouponEvent extends Fact {
  __typename: "CouponIssued" | "CouponClaimed" | "CouponExpired" | "CouponVoided" | "CouponExtended";
  coupon: { template: { name: string } } | null;
}

export interface CouponOrderEvent extends Fact {
  __typename: "CouponHeld" | "CouponReleased" | "CouponUsed" | "CouponReturned";
  coupon: { template: { name: string } } | null;
  order: { externalId: string };
}

/** Of the two members it names the one who is not the member of the event. */
export interface CouponGifted extends Fact {
  __typename: "CouponGifted";
  coupon: { template: { name: string } } | null;
  giver: Omit<MemberName, "id"> | null;
  taker: Omit<MemberName, "id"> | null;
}

export interface Plain extends Fact {
  __typename: "MemberEnrolled" | "MemberAmended";
}

export type MemberEvent =
  | OrderCommitted
  | OrderClaimed
  | OrderHeld
  | OrderReturned
  | OrderEnded
  | ExpiryReminded
  | BalanceChanged
  | TierChanged
  | CouponEvent
  | CouponOrderEvent
  | CouponGifted
  | Plain;

export interface EventBatch {
  cursor: string;
  caughtUp: boolean;
  events: MemberEvent[];
}

export interface Balance {
  asset: { code: string; name: string; kind: string; scale: number };
  available: string;
  pending: string;
  held: string;
}

export interface Progress {
  metric: string;
  current: string;
  required: string;
  missing: string;
}

export interface Coupon {
  id: string;
  /** Null when the key may not see it. */
  code: string | null;
  /** Null for ever; else the first instant at which it is good no more. */
  expiresAt: string | null;
  template: { name: string };
}

export interface Wallet {
  nodes: Coupon[];
  pageInfo: { hasNextPage: boolean };
}

export interface MemberState extends MemberName {
  status: string;
  position: string;
  balances: Balance[];
  standing: {
    tier: { code: string; name: string; rank: number };
    next: { code: string; name: string } | null;
    progress: Progress[];
  };
  coupons: Wallet;
}

export interface CouponTemplate {
  id: string;
  code: string;
  name: string;
  state: string;
  /** What a bundle is made of; only its parts are coupons, and counted. */
  bundle: { count: number }[];
}

export interface CouponCounters {
  issued: number;
  claimed: number;
  held: number;
  used: number;
  /** Null without a stock. */
  left: number | null;
  discount: string;
  revenue: string;
}
