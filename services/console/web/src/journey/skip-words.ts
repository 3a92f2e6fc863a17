/** Why a delivery was skipped, in words; what is not known is shown as the service said it. */
export function skipWords(why: string | undefined): string {
  if (why === undefined || why === '') return 'without a reason';
  return words[why] ?? why;
}

const words: Readonly<Record<string, string>> = {
  duplicate: 'a duplicate of one that was handled',
  stale: 'older than what was applied',
  'not-handled': 'this consumer has no handler for it',
  skipped: 'skipped by a person',
};
