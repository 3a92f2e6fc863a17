import { useEffect, useRef, type ReactElement } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { timeOfDay } from '../words/durations.ts';
import type { ChartLine } from './chart-line.ts';
import './time-chart.css';

interface TimeChartProps {
  /** What a reader who does not see it is told. */
  readonly words: string;
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  /** A value as a person says it. */
  readonly valueWords: (value: number) => string;
  /** Pixels; 220 when left out. */
  readonly height?: number;
}

/** Values over time. */
export function TimeChart({ words, times, lines, valueWords, height = 220 }: TimeChartProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const drawn = useRef({ times, lines, valueWords });
  drawn.current = { times, lines, valueWords };
  // Other lines make another chart; other values of the same lines do not.
  const shape = lines.map(({ label, colour }) => `${label} ${colour}`).join('|');
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsFor(element, height, drawn.current), dataOf(drawn.current), element);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const recoloured = new MutationObserver(draw);
    recoloured.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    return () => {
      resized.disconnect();
      recoloured.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape, height]);
  useEffect(() => {
    plot.current?.setData(dataOf({ times, lines }));
  }, [times, lines]);
  return <div ref={place} role="img" aria-label={words} className="time-chart" />;
}

function dataOf({ times, lines }: Pick<TimeChartProps, 'times' | 'lines'>): UPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

function optionsFor(
  element: HTMLElement,
  height: number,
  { lines, valueWords }: Pick<TimeChartProps, 'lines' | 'valueWords'>,
): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour('muted'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1 },
    font: '12px system-ui',
  };
  const clock = (at: number) => timeOfDay(new Date(at * 1_000).toISOString());
  return {
    width: element.clientWidth,
    height,
    cursor: { y: false },
    series: [
      { value: (_, at) => (at === null || at === undefined ? '' : clock(at)) },
      ...lines.map((line) => ({
        label: line.label,
        value: (_: UPlot, value: number | null | undefined) =>
          value === null || value === undefined ? '' : valueWords(value),
        stroke: colour(line.colour),
        width: 2,
        ...(line.dash === undefined ? {} : { dash: [...line.dash] }),
        // A value with a gap on both sides is no line.
        points: { show: line.values.filter((value) => value !== null).length < 3 },
      })),
    ],
    axes: [
      { ...axis, space: 80, values: (_, times) => times.map(clock) },
      { ...axis, size: (_, labels) => axisWidth(labels), values: (_, values) => values.map(valueWords) },
    ],
    scales: { y: { range: (_, __, most) => [0, Math.max(1, most)] } },
  };
}

/** Pixels for the longest of the labels of an axis, its tick and its gap. */
function axisWidth(labels: readonly string[] | null): number {
  return Math.max(40, 24 + 7 * Math.max(0, ...(labels ?? []).map((label) => label.length)));
}
