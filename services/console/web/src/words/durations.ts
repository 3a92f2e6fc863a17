const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * A duration in the units that a person says: `40 ms`, `1.2 s`, `12 s`, `3 min`, `2 h 10 min`, `4 days`.
 *
 * @param ms Milliseconds; what is negative counts as 0, since clocks of two machines differ.
 */
export function durationWords(ms: number): string {
  const length = Math.max(0, ms);
  if (length < second) return `${Math.round(length)} ms`;
  if (length < 10 * second) return `${trimmed(length / second)} s`;
  if (length < minute) return `${Math.floor(length / second)} s`;
  if (length < 10 * minute) return pair(length, minute, 'min', second, 's');
  if (length < hour) return `${Math.floor(length / minute)} min`;
  if (length < day) return pair(length, hour, 'h', minute, 'min');
  const days = Math.floor(length / day);
  return days === 1 ? '1 day' : `${days.toLocaleString('en')} days`;
}

/** How long ago a time is, or how long until it comes, in one unit: `just now`, `12 s ago`, `in 4 min`, `3 days ago`. */
export function relativeTime(at: string, now: number): string {
  const distance = now - Date.parse(at);
  const length = Math.abs(distance);
  if (Number.isNaN(distance)) return 'at an unknown time';
  if (length < 5 * second) return 'just now';
  const words = oneUnit(length);
  return distance < 0 ? `in ${words}` : `${words} ago`;
}

/** How long something has lasted, in one unit: `12 s`, `4 min`, `3 h`, `2 days`. */
export function since(at: string, now: number): string {
  return oneUnit(Math.max(0, now - Date.parse(at)));
}

/** A time to the second with its zone: `27 Nov 2026, 14:05:09 CET`. The reader's zone when none is given. */
export function absoluteTime(at: string, timeZone?: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date);
}

/** The time of day alone, to the second: `14:05:09`. */
export function timeOfDay(at: string, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeStyle: 'medium',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(at));
}

function oneUnit(length: number): string {
  if (length < minute) return `${Math.floor(length / second)} s`;
  if (length < hour) return `${Math.floor(length / minute)} min`;
  if (length < day) return `${Math.floor(length / hour)} h`;
  const days = Math.floor(length / day);
  return days === 1 ? '1 day' : `${days.toLocaleString('en')} days`;
}

function pair(length: number, large: number, largeName: string, small: number, smallName: string): string {
  const whole = Math.floor(length / large);
  const rest = Math.floor((length % large) / small);
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}

function trimmed(value: number): string {
  return (Math.floor(value * 10) / 10).toString();
}
