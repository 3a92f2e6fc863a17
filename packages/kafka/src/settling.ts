export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Waits for work to end, well or badly, but not beyond the signal. */
export async function settledBy(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await Promise.race([
    work.then(
      () => undefined,
      () => undefined,
    ),
    late,
  ]);
}
