import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Picture } from '../measures/measure.ts';
import { barChart } from './chart.ts';
import { markdownTable } from './markdown-table.ts';
import type { Result, Results } from './results.ts';
import { ranked, type Section, sectionTable } from './section.ts';
import type { TargetOutcome } from './targets.ts';

/** A section with what each of its contestants is, by name. */
export type DescribedSection = Section & { readonly legend: ReadonlyMap<string, string> };

export interface RunNote {
  /** The command that gives these figures again. */
  readonly command: string;
  readonly at: Date;
  /** What measures drew, beside the charts. */
  readonly pictures: readonly Picture[];
}

/** Replaces what stands between a section's markers; appends the section where the page has none. */
export function withSection(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const block = `${begin}\n\n${content.trim()}\n\n${end}`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n${block}\n`;
  return page.slice(0, from) + block + page.slice(to + end.length);
}

/** Writes the sections that the run has figures for into `docs/performance.md`, and their charts beside it. */
export function writePage(
  docs: string,
  sections: readonly DescribedSection[],
  results: Results,
  targets: readonly TargetOutcome[],
  note: RunNote,
): void {
  const path = join(docs, 'performance.md');
  let page = existsSync(path) ? readFileSync(path, 'utf8') : '# Performance\n';
  for (const section of sections) {
    const rows = ranked(section, results);
    if (rows.length === 0) continue;
    const image = `performance/${section.name}.svg`;
    mkdirSync(join(docs, 'performance'), { recursive: true });
    writeFileSync(join(docs, image), barChart(section.title, rows));
    page = withSection(
      page,
      section.name,
      [
        `![${section.title}](${image})`,
        sectionTable(section, results),
        runLine(note, Math.max(...rows.map(({ values }) => values.length))),
        ...legendOf(section, rows),
        ...note.pictures
          .filter((picture) => picture.section === section.name)
          .map(({ title, name }) => `![${title}](performance/${name}.svg)`),
      ].join('\n\n'),
    );
  }
  for (const [measure, outcomes] of Map.groupBy(targets, ({ measure }) => measure)) {
    page = withSection(page, `targets-${measure}`, `${targetTable(outcomes)}\n`);
  }
  writeFileSync(path, page);
  writePictures(join(docs, 'performance'), note.pictures);
}

/** Writes pictures into a directory; answers their paths. */
export function writePictures(directory: string, pictures: readonly Picture[]): readonly string[] {
  return pictures.map(({ name, svg }) => {
    mkdirSync(directory, { recursive: true });
    const path = join(directory, `${name}.svg`);
    writeFileSync(path, svg);
    return path;
  });
}

export function targetTable(targets: readonly TargetOutcome[]): string {
  return markdownTable(
    [
      { title: 'target', align: 'left' },
      { title: 'goal', align: 'left' },
      { title: 'measured', align: 'left' },
      { title: 'met', align: 'left' },
    ],
    targets.map(({ name, goal, measured, met }) => [name, goal, measured, met ? 'yes' : '**no**']),
  );
}

function legendOf({ legend }: DescribedSection, rows: readonly Result[]): readonly string[] {
  const lines = rows.flatMap(({ contestant }) => {
    const what = legend.get(contestant);
    return what === undefined ? [] : [`- ${contestant}: ${what}.`];
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

/** The rounds are those of the figures: a measure that takes long makes fewer than the whole run does. */
function runLine({ command, at }: RunNote, rounds: number): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.versions.node}`;
  return `\`${command}\`, ${at.toISOString().slice(0, 10)}: median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; ${machine}.`;
}
