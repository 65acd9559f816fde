/** The page's operations, all over the one WebSocket. */

import type { Client, FormattedExecutionResult } from "graphql-ws";

import type { CouponCounters, CouponTemplate, EventBatch, MemberState, Program } from "./contract";
import couponCodeDocument from "./documents/coupon-code.graphql?raw";
import couponCountersDocument from "./documents/coupon-counters.graphql?raw";
import couponTemplatesDocument from "./documents/coupon-templates.graphql?raw";
import memberStateDocument from "./documents/member-state.graphql?raw";
import programEventsDocument from "./documents/program-events.graphql?raw";
import programDocument from "./documents/program.graphql?raw";

const AGAIN_SECONDS = 3;
const CURSOR_EXPIRED = "CURSOR_EXPIRED";
const DENIED = new Set(["UNAUTHENTICATED", "FORBIDDEN"]);

type Failure = { message: string; code: string | undefined };

/** The program that the credential belongs to. */
export async function readProgram(client: Client): Promise<Program> {
  return (await read<{ program: Program }>(client, programDocument)).program;
}

/** The program's newest templates of coupons. */
export async function readTemplates(client: Client): Promise<CouponTemplate[]> {
  const answer = await read<{ couponTemplates: { nodes: CouponTemplate[] } }>(client, couponTemplatesDocument);
  return answer.couponTemplates.nodes;
}

/** The code of a coupon as a QR image, in SVG; null when there is none to see. */
export async function readCode(client: Client, id: string): Promise<string | null> {
  const answer = await read<{ coupon: { qrCode: string | null } | null }>(client, couponCodeDocument, { id });
  return answer.coupon?.qrCode ?? null;
}

async function read<Data>(client: Client, query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  for await (const result of client.iterate<Data>({ query, variables })) {
    if (result.data) return result.data;
    throw new Error(failureOf(result.errors).message);
  }
  throw new Error("The server gave no answer.");
}

export interface Follower {
  batch(batch: EventBatch): void;
  /** Events may be missing before the next batch: the server no longer has what follows our cursor. */
  gap(): void;
  /** The subscription stands still and is tried again in a moment. */
  trouble(message: string): void;
  /** The credential is valid but may not watch the program. */
  denied(message: string): void;
}

/** Follow the program's events; returns a function that stops. */
export function followProgram(client: Client, follower: Follower): () => void {
  // graphql-ws sends this very object again after a reconnect, so the newest cursor in it is where the stream resumes.
  const variables: { after?: string } = {};
  return subscribeForEver<{ programEvents: EventBatch }>(client, { query: programEventsDocument, variables }, {
    next({ programEvents }) {
      variables.after = programEvents.cursor;
      follower.batch(programEvents);
    },
    failed(failure) {
      if (failure.code === CURSOR_EXPIRED) {
        delete variables.after;
        follower.gap();
      } else if (failure.code !== undefined && DENIED.has(failure.code)) follower.denied(failure.message);
      else follower.trouble(failure.message);
    },
  });
}

/** Follow one member's newest state; returns a function that stops. */
export function followMember(
  client: Client,
  memberId: string,
  follower: { state(member: MemberState): void; trouble(message: string): void },
): () => void {
  const payload = { query: memberStateDocument, variables: { memberId } };
  return subscribeForEver<{ memberState: MemberState }>(client, payload, {
    next: ({ memberState }) => follower.state(memberState),
    failed: (failure) => follower.trouble(failure.message),
  });
}

/** Follow the counters of a template of coupons; returns a function that stops. Ends by itself when it is `denied`. */
export function followCounters(
  client: Client,
  template: string,
  follower: { counters(counters: CouponCounters): void; denied(): void },
): () => void {
  const payload = { query: couponCountersDocument, variables: { template } };
  const stop = subscribeForEver<{ couponCounters: CouponCounters }>(client, payload, {
    next: ({ couponCounters }) => follower.counters(couponCounters),
    failed({ code }) {
      if (code === undefined || !DENIED.has(code)) return;
      stop();
      follower.denied();
    },
  });
  return stop;
}

interface Sink<Data> {
  next(data: Data): void;
  failed(failure: Failure): void;
}

/** Subscribe, and subscribe again when the server ends the operation; connections lost are graphql-ws's own business. */
function subscribeForEver<Data>(
  client: Client,
  payload: { query: string; variables: Record<string, unknown> },
  sink: Sink<Data>,
): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => {};
  const again = (): void => {
    if (!stopped) timer = setTimeout(start, AGAIN_SECONDS * 1000);
  };
  const start = (): void => {
    stop = client.subscribe<Data>(payload, {
      next(result) {
        if (stopped) return;
        if (result.data) sink.next(result.data);
        else sink.failed(failureOf(result.errors));
      },
      error(cause) {
        if (!stopped) sink.failed(failureOf(cause));
        again(); // unless that stopped it
      },
      complete: again,
    });
  };
  start();
  return () => {
    stopped = true;
    clearTimeout(timer);
    stop();
  };
}

/** graphql-ws fails with the operation's errors, with the close event of the socket, or with an `Error`. */
function failureOf(cause: FormattedExecutionResult["errors"] | unknown): Failure {
  if (Array.isArray(cause)) {
    const first = cause[0] as { message?: string; extensions?: { code?: string } } | undefined;
    return { message: first?.message ?? "The server refused the operation.", code: first?.extensions?.code };
  }
  if (cause instanceof CloseEvent) {
    return { message: `Connection closed (${cause.code}${cause.reason && `: ${cause.reason}`}).`, code: undefined };
  }
  return { message: cause instanceof Error ? cause.message : "The server cannot be reached.", code: undefined };
}
