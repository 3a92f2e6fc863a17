const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const;

/** A time span as a person says it, in its two largest units: `45 s`, `12 min`, `2 h 5 min`, `3 d 4 h`. */
export function span(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1_000) * 1_000);
  const index = units.findIndex((unit) => whole >= unit.ms);
  const unit = units[index];
  if (unit === undefined) return '0 s';
  const count = Math.floor(whole / unit.ms);
  const next = units[index + 1];
  const rest = next === undefined || next.name === 's' ? 0 : Math.floor((whole % unit.ms) / next.ms);
  return rest === 0 || next === undefined ? `${count} ${unit.name}` : `${count} ${unit.name} ${rest} ${next.name}`;
}

/** How long ago an RFC 3339 time was; a clock that is ahead makes it `just now`. */
export function ago(time: string, now: Date): string {
  const ms = now.getTime() - Date.parse(time);
  return ms < 1_000 ? 'just now' : `${span(ms)} ago`;
}

/** When an RFC 3339 time will be: `in 3 min`, or `now`. */
export function ahead(time: string, now: Date): string {
  const ms = Date.parse(time) - now.getTime();
  return ms < 1_000 ? 'now' : `in ${span(ms)}`;
}

/** An RFC 3339 time in UTC, to the second: `2026-07-31 22:05:07Z`. */
export function clock(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
