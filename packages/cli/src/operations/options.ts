import { InvalidArgumentError } from 'commander';

const unitsMs = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** @throws InvalidArgumentError for anything but a whole number in the range. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`);
  };
}

/** @throws InvalidArgumentError for anything but a number in the range. */
export function number(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`It must be a number from ${from} to ${to}.`);
  };
}

/**
 * A time, as RFC 3339 in UTC: from such a time with any zone, or from a span that lies behind, as `90s`, `15min`, `2h`
 * or `3d`.
 * @throws InvalidArgumentError
 */
export function timeOf(text: string, now: Date): string {
  const [, count, unit] = /^(\d{1,6})(s|min|h|d)$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined && unit in unitsMs)
    return new Date(now.getTime() - Number(count) * unitsMs[unit as keyof typeof unitsMs]).toISOString();
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/i.test(text) && !Number.isNaN(Date.parse(text)))
    return new Date(text).toISOString();
  throw new InvalidArgumentError(
    'It must be a time with its zone, as 2026-07-31T22:00:00Z, or a span that lies behind, as 15min, 2h or 3d.',
  );
}

/** For an option that may be given several times. */
export function several(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
