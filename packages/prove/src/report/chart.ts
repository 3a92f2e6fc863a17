import { escaped } from './markup.ts';

/** The area of a chart in the picture, in its own units. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A line of a chart: a value for each second, or none. */
export interface Line {
  /** `a` to `d`: names its colour in the style sheet. */
  readonly style: string;
  readonly values: readonly (number | undefined)[];
}

/** From a value to its height in an area, and the values that get a mark at its side. */
export interface Axis {
  readonly place: (value: number) => number;
  readonly marks: readonly { readonly value: number; readonly text: string }[];
}

/** From 0 to a round number at or above the highest value. */
export function linearAxis(area: Area, highest: number): Axis {
  const step = roundStep(highest / 3);
  const top = Math.max(step, Math.ceil(highest / step) * step);
  return {
    place: (value) => area.top + area.height * (1 - value / top),
    marks: range(0, top / step).map((index) => ({ value: index * step, text: String(index * step) })),
  };
}

/** Powers of ten, from 1 ms to above the highest value. */
export function logAxis(area: Area, highest: number): Axis {
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(10, highest))));
  return {
    place: (value) => area.top + area.height * (1 - Math.log10(Math.max(1, value)) / decades),
    marks: range(0, decades).map((power) => ({
      value: 10 ** power,
      text: power < 3 ? `${10 ** power} ms` : `${10 ** (power - 3)} s`,
    })),
  };
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.round(to - from) + 1 }, (_, index) => from + index);
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}

/** A chart: its lines, the marks of its axis, and what it shows. */
export function chart(area: Area, axis: Axis, lines: readonly Line[], title: string): string {
  const marks = axis.marks.map(({ value, text }) => {
    const y = axis.place(value).toFixed(1);
    return (
      `<line class="grid" x1="${area.left}" x2="${area.left + area.width}" y1="${y}" y2="${y}"/>` +
      `<text class="mark" x="${area.left - 8}" y="${y}" dy="0.32em" text-anchor="end">${escaped(text)}</text>`
    );
  });
  const heading = `<text class="title" x="${area.left}" y="${area.top - 10}">${escaped(title)}</text>`;
  return [heading, ...marks, ...lines.map((line) => drawn(area, axis, line))].join('\n');
}

/** A line with a break wherever a value is missing. */
function drawn(area: Area, axis: Axis, { style, values }: Line): string {
  const pieces: string[] = [];
  let pen = 'M';
  for (const [second, value] of values.entries()) {
    if (value === undefined) {
      pen = 'M';
      continue;
    }
    const x = xOf(area, second + 0.5, values.length);
    pieces.push(`${pen}${x.toFixed(1)} ${axis.place(value).toFixed(1)}`);
    pen = 'L';
  }
  return `<path class="line ${style}" d="${pieces.join('')}"/>`;
}

/** Where a second lies from left to right. */
export function xOf(area: Area, second: number, seconds: number): number {
  return area.left + (area.width * Math.min(Math.max(second, 0), seconds)) / seconds;
}

/** Marks of time below everything: at most ten, at round seconds. */
export function timeAxis(area: Area, seconds: number): string {
  const step = [5, 10, 15, 30, 60, 120, 300, 600, 1_200, 3_600].find((each) => seconds / each <= 10) ?? 7_200;
  return range(0, Math.floor(seconds / step))
    .map((index) => {
      const at = index * step;
      const text = step < 60 ? `${at} s` : `${at / 60} min`;
      const x = xOf(area, at, seconds).toFixed(1);
      return `<text class="mark" x="${x}" y="${area.top + area.height + 18}" text-anchor="middle">${text}</text>`;
    })
    .join('\n');
}
