/**
 * What went wrong, for the person at the terminal: the message and code of each cause. The stack only when `DEBUG` is
 * set, since a clear message is the common case.
 */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env['DEBUG']) return error.stack ?? error.message;
  const code = 'code' in error && typeof error.code === 'string' ? ` [${error.code}]` : '';
  const cause = error.cause instanceof Error ? `\n  because: ${explain(error.cause)}` : '';
  return `${error.message}${code}${cause}`;
}
