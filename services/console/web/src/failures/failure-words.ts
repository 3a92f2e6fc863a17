import type { FailureGroup } from '@waybill/service/operations';
import { capital, eventName } from '../words/names.ts';
import { listed } from '../words/counting.ts';

export type Trend = 'rising' | 'falling' | 'steady' | 'quiet';

/** The error as a person would say it: the first sentence of its message, without what only programs read. */
export function failureHeadline(failure: {
  readonly message?: string | undefined;
  readonly errorCode?: string | undefined;
}): string {
  const line = (failure.message ?? '').split('\n', 1)[0]?.trim() ?? '';
  const words = line.replace(/^(?:[A-Z]\w*Error|Error):\s*/, '');
  if (words === '') return failure.errorCode ?? 'An error without a message';
  const short = words.length <= 160 ? words : `${words.slice(0, 157)}…`;
  return capital(short);
}

/** Where it fails: `OrderPlaced in payments.capture`. */
export function failurePlace(group: Pick<FailureGroup, 'types' | 'consumer'>): string {
  return `${listed(group.types.map(eventName))} in ${group.consumer}`;
}

/**
 * Whether failures grow: the last two hours against the two before.
 *
 * @param hours Failed attempts by hour, oldest first.
 */
export function trendOf(hours: readonly number[]): Trend {
  const lately = sum(hours.slice(-2));
  const before = sum(hours.slice(-4, -2));
  if (lately === 0) return before === 0 ? 'quiet' : 'falling';
  if (lately > before * 1.5) return 'rising';
  return lately * 1.5 < before ? 'falling' : 'steady';
}

/** What a trend means, for one who does not know the rule. */
export const trendHint: Readonly<Record<Trend, string>> = {
  rising: 'more failed attempts in the last two hours than in the two before',
  falling: 'fewer failed attempts in the last two hours than in the two before',
  steady: 'as many failed attempts in the last two hours as in the two before',
  quiet: 'no failed attempt in the last four hours',
};

/** Failed attempts by hour of several groups, added up. */
export function addedHours(all: readonly (readonly number[])[]): readonly number[] {
  return Array.from({ length: 24 }, (_, index) => sum(all.map((hours) => hours[index] ?? 0)));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
