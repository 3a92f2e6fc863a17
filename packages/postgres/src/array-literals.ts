/**
 * PostgreSQL's text form of arrays, as one parameter for a whole column. The driver's own conversion looks at the kind of
 * each element and escapes each twice; with eighteen columns for an event that costs more than the event's handling.
 */

/** Of texts; null and undefined become NULL. */
export function textArray(values: readonly (string | null | undefined)[]): string {
  let literal = '{';
  for (const [index, value] of values.entries()) {
    if (index > 0) literal += ',';
    literal += value === null || value === undefined ? 'NULL' : quoted(value);
  }
  return `${literal}}`;
}

const special = /["\\]/;

function quoted(text: string): string {
  return special.test(text) ? `"${text.replace(/["\\]/g, String.raw`\$&`)}"` : `"${text}"`;
}

/** Of numbers and ids, whose text needs no quotes; null and undefined become NULL. */
export function plainArray(values: readonly (number | bigint | string | null | undefined)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

/** Of times, exact to the millisecond. */
export function timeArray(values: readonly Date[]): string {
  return `{${values.map(timeText).join(',')}}`;
}

function timeText(time: Date): string {
  const iso = time.toISOString();
  const year = time.getUTCFullYear();
  // PostgreSQL has no year 0 and no negative ones: it says BC.
  return year >= 1 ? iso : `"${String(1 - year).padStart(4, '0')}${iso.slice(iso.indexOf('-', 1))} BC"`;
}
