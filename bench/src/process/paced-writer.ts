import { setTimeout as delay } from 'node:timers/promises';
import { clockMs, type EventWriter, type Written } from '../contestants/writer.ts';
import type { Program } from './program.ts';

/** A stretch of an open loop. */
export interface Stretch {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Transactions that may wait for their COMMIT; while there are more, none is begun, and the rate is not kept. */
const MAX_WAITING = 2_000;
/** A stretch that takes longer than planned by this factor is cut: the rate was not kept. */
const LONGEST = 1.5;

/**
 * Begins a transaction at each due time, whatever became of the ones before (an open loop): a writer that waited for
 * its last answer would leave out just the moments at which things are slow.
 */
export function pacedWriter(writer: EventWriter): Program {
  let next = 0;
  return {
    async go(task) {
      const written = await writeStretch(writer, next, task as Stretch);
      next += written.committed.length;
      return written;
    },
    stop: () => writer.close(),
  };
}

async function writeStretch(writer: EventWriter, from: number, { perSecond, seconds }: Stretch): Promise<Written> {
  const count = perSecond * seconds;
  const due = new Float64Array(count);
  const committed = new Float64Array(count);
  const writing = new Set<Promise<void>>();
  const begin = clockMs();
  const dueAt = (index: number): number => begin + (index * 1_000) / perSecond;
  const write = async (index: number): Promise<void> => {
    await writer.write(from + index);
    committed[index] = clockMs();
  };
  let index = 0;
  for (;;) {
    const now = clockMs();
    for (; index < count && dueAt(index) <= now && writing.size < MAX_WAITING; index += 1) {
      due[index] = dueAt(index);
      const one = write(index).finally(() => writing.delete(one));
      writing.add(one);
    }
    if (index === count || now > begin + seconds * 1_000 * LONGEST) break;
    await delay(1);
  }
  await Promise.all(writing);
  return { from, due: due.slice(0, index), committed: committed.slice(0, index) };
}
