/** The list of events, newest first. */

import type { Clock } from "./clock";
import type { MemberEvent, MemberName } from "./contract";
import { describe, nameOf } from "./describe";
import { element } from "./dom";

const ROWS_MAX = 200;

export interface Feed {
  node: HTMLElement;
  add(events: MemberEvent[]): void;
  /** A line in the list that says what is not in it. */
  note(text: string): void;
  useClock(clock: Clock): void;
}

export function createFeed(clock: Clock, open: (member: MemberName, from: HTMLElement) => void): Feed {
  const list = element("ol.events");
  const empty = element("p.empty", {}, "Waiting for events. Commit an order, and it appears here at once.");
  const pause = element("button.quiet", { type: "button", "aria-pressed": "false" }, "Pause");
  const node = element(
    "section.feed",
    { "aria-labelledby": "events-title" },
    element("div.bar", {}, element("h2", { id: "events-title" }, "Events"), pause),
    list,
    empty,
  );

  let waiting: HTMLLIElement[] = []; // newest first
  let paused = false;
  let scheduled = false;

  const show = (): void => {
    scheduled = false;
    if (paused) {
      pause.textContent = waiting.length === 0 ? "Resume" : `Resume · ${counted(waiting.length)} waiting`;
      return;
    }
    list.prepend(...waiting);
    waiting = [];
    while (list.children.length > ROWS_MAX) list.lastElementChild?.remove();
    empty.hidden = list.children.length > 0;
  };
  // Once per frame at most; a hidden tab has no frames, and then only the newest rows are kept for it.
  const put = (rows: HTMLLIElement[]): void => {
    waiting = [...rows, ...waiting].slice(0, ROWS_MAX);
    if (!scheduled) requestAnimationFrame(show);
    scheduled = true;
  };

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = "Pause";
    show();
  });

  return {
    node,
    add: (events) => put(events.slice(-ROWS_MAX).map((event) => row(event, clock, open)).reverse()),
    note: (text) => put([element("li.note", {}, text)]),
    useClock: (program) => void (clock = program),
  };
}

function counted(rows: number): string {
  return rows === ROWS_MAX ? `${ROWS_MAX}+` : String(rows);
}

function row(
  event: MemberEvent,
  clock: Clock,
  open: (member: MemberName, from: HTMLElement) => void,
): HTMLLIElement {
  const { label, text, tone } = describe(event);
  const times = `Occurred ${clock.full(event.occurredAt)}, recorded ${clock.full(event.recordedAt)}`;
  const member = element(
    "button.member",
    { type: "button", title: "Show this member" },
    element("span.name", {}, nameOf(event.member)),
  );
  if (event.member.name !== null) member.append(" ", element("span.number", {}, event.member.number));
  member.addEventListener("click", () => open(event.member, member));
  return element(
    "li",
    {},
    element("time", { datetime: event.occurredAt, title: times }, clock.short(event.occurredAt)),
    element(`span.kind.${tone}` as "span.kind", {}, label),
    member,
    element("span.text", {}, text),
  );
}
