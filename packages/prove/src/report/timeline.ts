import type { JudgedFault } from '@waybill/checker';
import { type Area, chart, linearAxis, logAxis, timeAxis, xOf } from './chart.ts';
import { escaped } from './markup.ts';
import type { Series } from './series.ts';

const width = 1_120;
const left = 118;
const plotWidth = width - left - 16;
const laneHeight = 20;
const area = (top: number, height: number): Area => ({ left, top, width: plotWidth, height });

/** The picture of a run: throughput, time to visibility, and a lane for each form of fault, over one axis of time. */
export function timeline(series: Series, faults: readonly JudgedFault[], from: number): string {
  const forms = [...new Set(faults.map(({ form }) => form))];
  const throughput = area(40, 150);
  const visibility = area(240, 150);
  const lanes = area(440, forms.length * laneHeight);
  const height = lanes.top + lanes.height + 34;
  const highest = (values: readonly (number | undefined)[]) => Math.max(1, ...values.map((value) => value ?? 0));
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Throughput, time to visibility and faults over time">
${chart(
  throughput,
  linearAxis(throughput, Math.max(highest(series.operations), highest(series.effects))),
  [
    { style: 'b', values: series.effects },
    { style: 'a', values: series.operations },
  ],
  'per second',
)}
${legend(throughput, [
  ['a', 'operations committed'],
  ['b', 'effects'],
])}
${chart(
  visibility,
  logAxis(visibility, highest(series.p99)),
  [
    { style: 'd', values: series.p99 },
    { style: 'c', values: series.p50 },
  ],
  'time to visibility',
)}
${legend(visibility, [
  ['c', 'median'],
  ['d', '99th percentile'],
])}
${faultLanes(lanes, forms, faults, from, series.seconds)}
${timeAxis(lanes, series.seconds)}
</svg>`;
}

function legend(of: Area, items: readonly (readonly [string, string])[]): string {
  return items
    .map(([style, text], index) => {
      const x = of.left + of.width - (items.length - index) * 170;
      const y = of.top - 14;
      return (
        `<line class="line ${style}" x1="${x}" x2="${x + 22}" y1="${y}" y2="${y}"/>` +
        `<text class="mark" x="${x + 28}" y="${y}" dy="0.32em">${escaped(text)}</text>`
      );
    })
    .join('\n');
}

function faultLanes(
  lanes: Area,
  forms: readonly string[],
  faults: readonly JudgedFault[],
  from: number,
  seconds: number,
): string {
  const heading =
    `<text class="title" x="${lanes.left}" y="${lanes.top - 12}">faults</text>` +
    `<rect class="fault hit" x="${lanes.left + 60}" y="${lanes.top - 21}" width="12" height="10" rx="2"/>` +
    `<text class="mark" x="${lanes.left + 78}" y="${lanes.top - 16}" dy="0.32em">hit work in flight</text>` +
    `<rect class="fault" x="${lanes.left + 190}" y="${lanes.top - 21}" width="12" height="10" rx="2"/>` +
    `<text class="mark" x="${lanes.left + 208}" y="${lanes.top - 16}" dy="0.32em">did not</text>`;
  const rows = forms.map((form, index) => {
    const y = lanes.top + index * laneHeight;
    return (
      `<line class="grid" x1="${lanes.left}" x2="${lanes.left + lanes.width}" y1="${y + laneHeight / 2}" y2="${y + laneHeight / 2}"/>` +
      `<text class="mark" x="${lanes.left - 8}" y="${y + laneHeight / 2}" dy="0.32em" text-anchor="end">${escaped(form)}</text>`
    );
  });
  const marks = faults.map(({ form, target, beganAt, endedAt, hit }) => {
    const start = (beganAt - from) / 1_000;
    const x = xOf(lanes, start, seconds);
    const long = Math.max(5, xOf(lanes, (endedAt - from) / 1_000, seconds) - x);
    const y = lanes.top + forms.indexOf(form) * laneHeight + 4;
    const text = `${form} ${target}, at ${start.toFixed(1)} s, for ${((endedAt - beganAt) / 1_000).toFixed(1)} s`;
    return `<rect class="fault${hit ? ' hit' : ''}" x="${x.toFixed(1)}" y="${y}" width="${long.toFixed(1)}" height="${laneHeight - 8}" rx="2"><title>${escaped(text)}</title></rect>`;
  });
  return [heading, ...rows, ...marks].join('\n');
}
