/** What the three documents of this page return. Amounts are decimal strings, instants are ISO 8601. */

export interface Program {
  code: string;
  name: string;
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

export interface MemberState extends MemberName {
  status: string;
  position: string;
  balances: Balance[];
  standing: {
    tier: { code: string; name: string; rank: number };
    next: { code: string; name: string } | null;
    progress: Progress[];
  };
}
