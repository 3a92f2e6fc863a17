import { createHash } from 'node:crypto';
import type { FailureRecord } from '../consuming/retry.ts';

/** What differs from one occurrence of a fault to the next, and what it is taken for. */
const variable: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi, '<id>'],
  [/"[^"]*"|'[^']*'|`[^`]*`|•{4}/g, '<value>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '<hex>'],
  [/\d+(?:[.,:]\d+)*/g, '<n>'],
];

/**
 * What failures of the same fault have in common: 16 hex digits over the error's type, code, message without its ids,
 * numbers and quoted values, and the place in the code that threw it (a line's number is left out, so that a deployment
 * does not split a group).
 */
export function fingerprintOf(failure: FailureRecord): string {
  const message = variable.reduce((text, [pattern, as]) => text.replace(pattern, as), failure.message);
  const place = failure.stack?.split('\n', 1)[0]?.replace(/:\d+:\d+/, '') ?? '';
  return createHash('sha256')
    .update(JSON.stringify([failure.type, failure.code, message, place]))
    .digest('hex')
    .slice(0, 16);
}
