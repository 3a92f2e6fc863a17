import type { RebuildReport } from '@waybill/service/operations';
import { counted } from './colours.ts';
import { ago, clock } from './duration.ts';
import { printableParts } from './printable.ts';
import { fieldLines } from './table.ts';
import type { View } from './view.ts';

/** What a rebuild found, for people. */
export function rebuildLines(raw: RebuildReport, { colours, now }: Pick<View, 'colours' | 'now'>): readonly string[] {
  const report = printableParts(raw);
  const { entities, parked, swapped } = report;
  const tables = report.tables.flatMap(({ table, equal, different, onlyOld, onlyNew, columns, examples }) => [
    [table, `${equal} equal, ${different} different, ${onlyOld} only in the old, ${onlyNew} only in the new`] as const,
    [
      '',
      columns.length === 0 ? undefined : `in ${columns.map(({ column, rows }) => `${column} ${rows}`).join(', ')}`,
    ] as const,
    ['', keysText('such as', examples.different)] as const,
    ['', keysText('only in the old:', examples.onlyOld)] as const,
    ['', keysText('only in the new:', examples.onlyNew)] as const,
  ]);
  return fieldLines(
    [
      ['compared', `${clock(report.comparedAt)} (${ago(report.comparedAt, now)})`],
      [
        '',
        report.partitionsApart === 0 ? undefined : `while ${counted(report.partitionsApart, 'partition')} had moved`,
      ],
      ...tables,
      [
        'entities',
        `${entities.equal} at the same version, ${entities.different} at another, ${entities.onlyOld} only in the old, ${entities.onlyNew} only in the new`,
      ],
      ['failed', parked.dead === 0 ? undefined : `${counted(parked.dead, 'event')}, and ${parked.behind} behind them`],
      ...parked.failures.map(({ type, code, events }) => ['', `${events} ${type}: ${code}`] as const),
      [
        'old tables',
        swapped === undefined
          ? undefined
          : swapped.discarded
            ? 'discarded'
            : `in the schema ${swapped.retiredSchema} until ${clock(swapped.keptUntil)}`,
      ],
    ],
    colours,
  );
}

const shown = 5;

function keysText(what: string, keys: readonly string[]): string | undefined {
  if (keys.length === 0) return undefined;
  return `${what} ${keys.slice(0, shown).join(', ')}${keys.length > shown ? ', …' : ''}`;
}
