/** Versions that are neither applied nor in the queue, in words; undefined when the next follows at once. */
export function missingBefore(last: number, next: number): string | undefined {
  if (next <= last + 1) return undefined;
  const first = last + 1;
  return first === next - 1 ? `version ${first} has not come` : `versions ${first} to ${next - 1} have not come`;
}
