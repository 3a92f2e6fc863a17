import type { ConsumerContext } from './consumer-context.ts';
import type { InboxTransaction } from './inbox-store.ts';
import { ProcessSpans } from './process-span.ts';

/** Runs a transaction; the spans of its handlers end when it is known whether their work stays. */
export async function tracedTransaction<T>(
  c: ConsumerContext,
  work: (tx: InboxTransaction, spans: ProcessSpans) => Promise<T>,
): Promise<T> {
  const spans = new ProcessSpans(c.definition);
  let result: T;
  try {
    result = await c.store.transaction(async (tx) => work(tx, spans));
  } catch (error) {
    spans.rolledBack();
    throw error;
  }
  spans.committed();
  return result;
}
