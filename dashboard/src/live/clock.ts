/** Times as the program's own clock shows them. */

export interface Clock {
  /** "14:03:22", or "12 Mar, 14:03:22" when it is not today. */
  short(instant: string): string;
  full(instant: string): string;
}

export function clockOf(timeZone: string | undefined): Clock {
  const zone = known(timeZone);
  const day = new Intl.DateTimeFormat(undefined, { ...zone, day: "numeric", month: "short" });
  const time = new Intl.DateTimeFormat(undefined, { ...zone, timeStyle: "medium", hourCycle: "h23" });
  const full = new Intl.DateTimeFormat(undefined, { ...zone, dateStyle: "full", timeStyle: "long" });
  return {
    short(instant) {
      const at = new Date(instant);
      const on = day.format(at);
      return on === day.format(new Date()) ? time.format(at) : `${on}, ${time.format(at)}`;
    },
    full: (instant) => full.format(new Date(instant)),
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
