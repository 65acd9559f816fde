/** Times as the program's own clock shows them. */

export interface Clock {
  /** "14:03:22", or "12 Mar, 14:03:22" when it is not today. */
  short(instant: string): string;
  full(instant: string): string;
  /** "30 Apr 1998", the last day before an instant. */
  dayBefore(instant: string): string;
}

export function clockOf(timeZone: string | undefined): Clock {
  const zone = known(timeZone);
  const day = new Intl.DateTimeFormat(undefined, { ...zone, day: "numeric", month: "short" });
  const time = new Intl.DateTimeFormat(undefined, { ...zone, timeStyle: "medium", hourCycle: "h23" });
  const full = new Intl.DateTimeFormat(undefined, { ...zone, dateStyle: "full", timeStyle: "long" });
  const date = new Intl.DateTimeFormat(undefined, { ...zone, dateStyle: "medium" });
  return {
    short(instant) {
      const at = new Date(instant);
      const on = day.format(at);
      return on === day.format(new Date()) ? time.format(at) : `${on}, ${time.format(at)}`;
    },
    full: (instant) => full.format(new Date(instant)),
    dayBefore: (instant) => date.format(new Date(Date.parse(instant) - 1)),
  };
}

/** A zone that this browser does not know must not stop the page: it then shows the browser's own time. */
function known(timeZone: string | undefined): { timeZone?: string } {
  if (timeZone === undefined) return {};
  try {
    new Intl.DateTimeFormat(undefined, { timeZone });
    return { timeZone };
  } catch {
    return {};
  }
}
