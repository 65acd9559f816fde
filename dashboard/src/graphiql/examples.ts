/** The tabs that a first visit opens with. */

import couponClaim from "./examples/coupon-claim.graphql?raw";
import couponCounters from "./examples/coupon-counters.graphql?raw";
import couponIssue from "./examples/coupon-issue.graphql?raw";
import memberEnroll from "./examples/member-enroll.graphql?raw";
import memberState from "./examples/member-state.graphql?raw";
import member from "./examples/member.graphql?raw";
import orderCommit from "./examples/order-commit.graphql?raw";
import orderPreview from "./examples/order-preview.graphql?raw";
import programEvents from "./examples/program-events.graphql?raw";
import program from "./examples/program.graphql?raw";

interface Example {
  query: string;
  variables?: string;
}

function json(value: object): string {
  return JSON.stringify(value, null, 2);
}

/** Keys and order numbers carry the moment, so that the examples also run a second time. */
export function examples(now: Date): Example[] {
  const stamp = now.toISOString().replace(/[-:]/g, "").slice(0, 15);
  return [
    { query: program },
    { query: member, variables: json({ number: "1" }) },
    {
      query: memberEnroll,
      variables: json({ input: { idempotencyKey: `enroll-${stamp}`, name: "Li Wei", channel: "web" } }),
    },
    {
      query: orderCommit,
      variables: json({
        input: {
          idempotencyKey: `order-${stamp}`,
          order: {
            source: "shop",
            externalId: stamp,
            member: { number: "1" },
            lines: [{ ref: "1", sku: "TEA-1", quantity: 1, unitPrice: "29.33" }],
          },
        },
      }),
    },
    {
      query: orderPreview,
      variables: json({
        input: {
          order: {
            source: "shop",
            externalId: `preview-${stamp}`,
            member: { number: "1" },
            lines: [{ ref: "1", sku: "TEA-1", quantity: 2, unitPrice: "29.33" }],
            couponCodes: ["SPRING10"],
          },
        },
      }),
    },
    {
      query: couponIssue,
      variables: json({
        input: { idempotencyKey: `coupon-${stamp}`, member: { number: "1" }, template: { code: "FIVE_OFF_FORTY" } },
      }),
    },
    {
      query: couponClaim,
      variables: json({
        input: { idempotencyKey: `claim-${stamp}`, member: { number: "1" }, template: { code: "LISTENER" } },
      }),
    },
    { query: couponCounters, variables: json({ code: "FIVE_OFF_FORTY" }) },
    { query: programEvents },
    { query: memberState, variables: json({ memberId: "mem_…" }) },
  ];
}
