import type pg from 'pg';
import { APPLY } from '../world/projection.ts';
import { clockMs, type Received } from './writer.ts';

/** Notes when the effect of each event became visible. */
export interface EffectWatch {
  received(): Received;
}

/**
 * Sees the statements on the pool's connections: an event's effect is visible once the COMMIT behind its UPSERT was
 * acknowledged. Costs an entry in a list for each event; handlers that do something else are not seen.
 *
 * @param applies the UPSERT.
 */
export function effectWatch(pool: pg.Pool, events: number, applies: string = APPLY): EffectWatch {
  const at = new Float64Array(events);
  let doubled = 0;
  const visible = (sequences: readonly number[]): void => {
    const now = clockMs();
    for (const sequence of sequences) {
      if (at[sequence] === 0) at[sequence] = now;
      else doubled += 1;
    }
  };
  pool.on('connect', (client) => {
    let open: number[] = [];
    const query = client.query.bind(client) as (...args: readonly unknown[]) => unknown;
    const watched = (...args: readonly unknown[]): unknown => {
      const { text, values } = statementOf(args);
      if (text === applies) open.push(Math.round(Number(values[2]) * 100));
      const answer = query(...args);
      if (text.startsWith('ROLLBACK')) open = [];
      if (text.startsWith('COMMIT') && answer instanceof Promise) {
        const applied = open;
        open = [];
        void answer.then(
          () => visible(applied),
          () => undefined,
        );
      }
      return answer;
    };
    Object.assign(client, { query: watched });
  });
  return { received: () => ({ at, doubled }) };
}

/** What is asked for, as text and values or as one object. */
function statementOf([first, second]: readonly unknown[]): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  if (typeof first === 'string') return { text: first, values: Array.isArray(second) ? second : [] };
  const { text, values } = first as { readonly text?: unknown; readonly values?: unknown };
  return { text: typeof text === 'string' ? text : '', values: Array.isArray(values) ? values : [] };
}
