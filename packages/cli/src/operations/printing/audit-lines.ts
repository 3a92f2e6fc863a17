import type { AuditEntryView, AuditVerdict } from '@waybill/service/operations';
import type { Compared } from '../published-trails.ts';
import { counted } from './colours.ts';
import { clock } from './duration.ts';
import { printable, printableParts } from './printable.ts';
import { tableLines } from './table.ts';
import type { View } from './view.ts';

/** An entry of an audit trail, and the service whose trail it is. */
export type AuditRow = AuditEntryView & { readonly service: string };

/** Entries of several trails, newest first. At most `limit` of them. */
export function mergedAudit(rows: readonly AuditRow[], limit: number): readonly AuditRow[] {
  return rows
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at) || a.service.localeCompare(b.service) || b.seq - a.seq)
    .slice(0, limit);
}

const columns = [
  { heading: 'entry', align: 'right' },
  { heading: 'when' },
  { heading: 'who' },
  { heading: 'what' },
  { heading: 'on' },
  { heading: 'result' },
  { heading: 'why' },
] as const;

/** Entries of a trail for people, a line for each. */
export function auditTable(entries: readonly AuditEntryView[], view: View): readonly string[] {
  return tableLines(columns, entries.map(cellsOf), view);
}

/** The same, each with its service. */
export function auditLines(rows: readonly AuditRow[], view: View): readonly string[] {
  if (rows.length === 0) return ['Nobody has done anything that fits this.'];
  return tableLines(
    [{ heading: 'service' }, ...columns],
    rows.map((row) => [row.service, ...cellsOf(row)]),
    view,
  );
}

function cellsOf(entry: AuditEntryView): readonly string[] {
  const {
    seq,
    at,
    actor,
    approvedBy,
    action,
    target,
    result,
    reason = '',
  } = printableParts({
    ...entry,
    details: undefined,
  });
  const who = approvedBy === undefined ? actor : `${actor}, agreed by ${approvedBy}`;
  return [String(seq), clock(at), who, action, target, result, reason];
}

/** A service's verdict on its own trail, and how it compares with what was published of it. */
export interface VerdictRow {
  readonly service: string;
  readonly verdict: AuditVerdict;
  readonly published: Compared;
}

/** Whether each trail is whole, and as it was published, and where one is not. */
export function verdictLines(rows: readonly VerdictRow[], { colours }: View): readonly string[] {
  return rows.flatMap(({ service, verdict: { verdict, entries, head, problem }, published }) => {
    const compared = comparedWords(published);
    if (published.compared === 'yes' && published.problem !== undefined) {
      const { seq, problem: difference, publishedAt } = published.problem;
      return [
        colours.red(`${service}: broken, at entry ${seq}, published ${clock(publishedAt)}: ${printable(difference)}`),
        `  ${compared}`,
      ];
    }
    if (verdict === 'intact') {
      const last = entries === 0 ? '' : `, the last with the hash ${head.hash}`;
      return [colours.green(`${service}: intact, ${counted(entries, 'entry', 'entries')}${last}`), `  ${compared}`];
    }
    const where =
      problem === undefined ? 'the service does not say where' : `at entry ${problem.seq}: ${problem.problem}`;
    return [colours.red(`${service}: broken, ${printable(where)}`), `  ${compared}`];
  });
}

function comparedWords(published: Compared): string {
  if (published.compared === 'no') return `not compared with what was published: ${printable(published.why)}`;
  if (published.heads === 0) return 'not compared: nothing of it was published there';
  return `compared with ${counted(published.heads, 'published end')}`;
}
