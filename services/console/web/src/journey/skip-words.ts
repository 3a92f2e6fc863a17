/** Why a delivery was skipped, in words; what is not known is shown as the service said it. */
export function skipWords(why: string | undefined): string {
  if (why === undefined || why === '') return 'without a reason';
  return words[why] ?? why;
}

const words: Readonly<Record<string, string>> = {
  duplicate: 'a duplicate of a delivery that was handled',
  covered: 'a snapshot at or above its version stands in for it',
  operator: 'skipped by a person',
};
