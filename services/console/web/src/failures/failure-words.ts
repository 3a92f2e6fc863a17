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
  return capital(words.length <= longest ? words : shortened(words));
}

/** Characters of a headline, at most. */
const longest = 160;

/** A message that is too long, up to its list of particulars when it has one. */
function shortened(words: string): string {
  const colon = words.indexOf(': ');
  return colon > 0 && colon <= longest ? words.slice(0, colon) : `${words.slice(0, longest - 3)}…`;
}

/** Where it fails: `OrderPlaced in payments.capture`. */
export function failurePlace(group: Pick<FailureGroup, 'types' | 'consumer'>): string {
  const events = listed(group.types.map(eventName).filter((name) => name !== ''));
  return events === '' ? `in ${group.consumer}` : `${events} in ${group.consumer}`;
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
