import type { Colours } from './colours.ts';
import { cut, type View } from './view.ts';

const gap = '  ';

export interface Cell {
  readonly text: string;
  /** How it is marked, once its place is known. */
  readonly mark?: (text: string) => string;
}

export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
}

/** What the last column gets, however narrow the terminal is. */
const narrowest = 40;

/**
 * Rows in columns that are as wide as their widest cell. The last column is not filled up, and on a terminal it is cut
 * to the room that is left.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
  { colours, width }: Pick<View, 'colours' | 'width'>,
): readonly string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)));
  const last = columns.length - 1;
  const widths = columns.map(({ heading }, index) =>
    Math.max(heading.length, ...cells.map((row) => row[index]?.text.length ?? 0)),
  );
  const before = widths.slice(0, last).reduce((sum, one) => sum + one + gap.length, 0);
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(narrowest, width - before);
  const placed = (text: string, index: number) => {
    const shown = index === last ? cut(text, room) : text;
    if (columns[index]?.align === 'right') return shown.padStart(widths[index] ?? 0);
    return index === last ? shown : shown.padEnd(widths[index] ?? 0);
  };
  const line = (row: readonly Cell[]) =>
    row.map(({ text, mark = (same: string) => same }, index) => mark(placed(text, index))).join(gap);
  return [
    colours.dim(line(columns.map(({ heading }) => ({ text: heading }))).trimEnd()),
    ...cells.map((row) => line(row).trimEnd()),
  ];
}

/** `name   text` lines whose texts begin at the same place; those without a text are left out. */
export function fieldLines(
  fields: readonly (readonly [string, string | undefined])[],
  colours: Colours,
): readonly string[] {
  const given = fields.flatMap(([name, text]): [string, string][] => (text === undefined ? [] : [[name, text]]));
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, text]) => `${colours.dim(name.padEnd(width))}  ${text}`);
}
