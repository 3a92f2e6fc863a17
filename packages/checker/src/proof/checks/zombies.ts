import { groupBy } from '../../lookup.ts';
import type { Facts } from '../facts.ts';
import type { ProofFinding } from '../finding.ts';

/** I6: a cursor is moved by the one that claimed it last, and by nobody who held it before. */
export function cursorMovedByAnother({ evidence }: Facts): readonly ProofFinding[] {
  return [...evidence.databases].flatMap(([database, { cursorWrites }]) =>
    [...groupBy(cursorWrites, ({ cursor }) => cursor)].flatMap(([cursor, writes]) => {
      let holder: string | undefined;
      const findings: ProofFinding[] = [];
      for (const { kind, writer, epoch, n } of writes.toSorted((a, b) => (a.n < b.n ? -1 : 1))) {
        if (kind === 'claim') holder = writer;
        else if (holder !== undefined && writer !== holder) {
          const message = `${writer} moved ${cursor} in ${database}, which ${holder} had claimed with epoch ${epoch}.`;
          findings.push({ promise: 'I6', code: 'zombie.cursor-write', message, ids: [`${database} ${cursor} #${n}`] });
        }
      }
      return findings;
    }),
  );
}
