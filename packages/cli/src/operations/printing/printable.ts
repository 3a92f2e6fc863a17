/**
 * What a terminal would act upon, and what turns text around: control characters (C0, DEL, C1), line and paragraph
 * separators, and Unicode's bidirectional controls (UAX #9, section 2). An event's data may hold any of them.
 */
const acting = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Text that a terminal shows and does not obey, in one line. */
export function printable(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')
    .replaceAll('\t', ' ')
    .replaceAll(acting, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** An answer whose texts can all be printed; the answer itself is for programs. */
export function printableParts<T>(value: T): T {
  return made(value) as T;
}

function made(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(made);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [printable(name), made(part)]));
}

/** JSON in lines, for people. What JSON itself leaves as it is is made harmless too. */
export function jsonLines(value: unknown): readonly string[] {
  return (JSON.stringify(value, undefined, 2) ?? 'undefined').split('\n').map(printable);
}
