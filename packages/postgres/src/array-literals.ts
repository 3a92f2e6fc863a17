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

/** Of times, as milliseconds since 1970: numbers cost less to write and to read than dates. */
export function millisArray(values: readonly Date[]): string {
  return plainArray(values.map((value) => value.getTime()));
}
