/** Tells a screen reader what arrived, in one sentence every few seconds instead of one per event. */

import type { MemberEvent } from "./contract";
import { describe, nameOf } from "./describe";
import { element } from "./dom";

const EVERY_SECONDS = 6;

export interface Announcer {
  node: HTMLElement;
  hear(events: MemberEvent[]): void;
}

export function createAnnouncer(): Announcer {
  const node = element("p.unseen", { "aria-live": "polite" });
  let count = 0;
  let latest: MemberEvent | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const say = (): void => {
    timer = undefined;
    if (latest === undefined) return;
    const news = count === 1 ? "New event" : `${count} new events, the latest`;
    node.textContent = `${news}: ${nameOf(latest.member)}, ${describe(latest).text}.`;
    count = 0;
    latest = undefined;
    timer = setTimeout(say, EVERY_SECONDS * 1000);
  };

  return {
    node,
    hear(events) {
      count += events.length;
      latest = events.at(-1) ?? latest;
      if (latest !== undefined && timer === undefined) say();
    },
  };
}
