/** Minutes of a day, and how they are written. */

import { gettext, interpolate } from "../lib/i18n.js";

const DAY = 24 * 60; // minutes

/** @param {number} minutes */
export function clock(minutes) {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/**
 * As forms write it, 2026-08-03T09:00; midnight at the end of a day is that of the next.
 * @param {string} day
 * @param {number} minutes
 */
export function wallTime(day, minutes) {
  const date = new Date(`${day}T00:00Z`);
  date.setUTCDate(date.getUTCDate() + Math.floor(minutes / DAY));
  return `${date.toISOString().slice(0, 10)}T${clock(minutes % DAY)}`;
}

/**
 * The day and its minute now, by the clock of a zone.
 * @param {string} zone
 */
export function nowIn(zone) {
  const written = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format();
  const [day, time] = written.split(" ");
  const [hours, minutes] = time.split(":").map(Number);
  return { day, minute: hours * 60 + minutes };
}

/**
 * @param {number} from
 * @param {number} to
 */
export function span(from, to) {
  return interpolate(gettext("%(from)s to %(to)s"), { from: clock(from), to: clock(to) });
}
