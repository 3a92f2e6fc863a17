import { ratioOf } from '../statistics/spread.ts';
import { figureText } from './figure.ts';
import { markdownTable } from './markdown-table.ts';
import type { Result, Results } from './results.ts';

/** One part of the page: what one measure says. */
export interface Section {
  /** Names its markers, its chart and its command. */
  readonly name: string;
  readonly title: string;
  /** The figure that the chart and the ratios are of, and whether more of it is better. */
  readonly main: { readonly measure: string; readonly better: 'higher' | 'lower' };
  /** Further figures, as columns. */
  readonly beside: readonly string[];
}

/** The contestants of a section, best first. */
export function ranked(section: Section, results: Results): readonly Result[] {
  const sign = section.main.better === 'higher' ? -1 : 1;
  return results.of(section.main.measure).toSorted((a, b) => sign * (a.spread.median - b.spread.median));
}

/** A table of a section's figures: the median of the rounds with their least and most, and the ratio of ours to each. */
export function sectionTable(section: Section, results: Results): string {
  const rows = ranked(section, results);
  const ours = rows.find(({ contestant }) => contestant === 'waybill') ?? rows.find(({ role }) => role === 'ours');
  const unit = rows[0]?.unit ?? '';
  const beside = section.beside.filter((measure) => results.of(measure).length > 0);
  const columns = [
    { title: 'contestant', align: 'left' },
    { title: `${section.main.measure}, ${unit}`, align: 'right' },
    { title: `least to most`, align: 'right' },
    { title: `waybill / it`, align: 'right' },
    ...beside.map(
      (measure) => ({ title: `${measure}, ${results.of(measure)[0]?.unit ?? ''}`, align: 'right' }) as const,
    ),
    { title: 'remark', align: 'left' },
  ] as const;
  const body = rows.map((row) => {
    const ratio = ours === undefined || ours === row ? undefined : ratioOf(ours.values, row.values);
    return [
      row.role === 'ours' ? `**${row.contestant}**` : row.contestant,
      figureText(row.spread.median),
      `${figureText(row.spread.min)} to ${figureText(row.spread.max)}`,
      ratio === undefined ? '' : `${figureText(ratio.median)} (${figureText(ratio.min)} to ${figureText(ratio.max)})`,
      ...beside.map((measure) => {
        const found = results.find(measure, row.contestant);
        return found === undefined ? '' : figureText(found.spread.median);
      }),
      [row.role === 'reference' ? 'reference' : '', ...row.flaws].filter((text) => text !== '').join('; '),
    ];
  });
  return markdownTable(columns, body);
}
