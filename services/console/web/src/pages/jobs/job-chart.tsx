import { useEffect, useRef, type ReactElement } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { JobSample } from '../../jobs/bulk-summary.ts';
import { timeOfDay } from '../../words/durations.ts';
import { grouped } from '../../words/counting.ts';

const height = 220;

/** Done, failed again and left over time, as they were reported since the page was opened. */
export function JobChart({ samples }: { readonly samples: readonly JobSample[] }): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const isDrawn = samples.length > 1;
  useEffect(() => {
    const element = place.current;
    if (element === null || !isDrawn) return undefined;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsFor(element), [[], [], [], []], element);
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
  }, [isDrawn]);
  useEffect(() => {
    plot.current?.setData([
      samples.map(({ at }) => at),
      samples.map(({ done }) => done),
      samples.map(({ failed }) => failed),
      samples.map(({ left }) => left),
    ]);
  }, [samples]);
  const last = samples.at(-1);
  const words =
    last === undefined
      ? 'nothing yet'
      : `${grouped(last.done)} done, ${grouped(last.failed)} failed again, ${grouped(last.left)} left`;
  if (!isDrawn) return <p className="muted">The chart begins with the next report. Now: {words}.</p>;
  return <div ref={place} role="img" aria-label={`Chart of the job; now ${words}`} className="job-chart" />;
}

function legend(_: UPlot, count: number | null | undefined): string {
  return count === null || count === undefined ? '' : grouped(count);
}

function optionsFor(element: HTMLElement): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
    font: '12px system-ui',
  };
  return {
    width: element.clientWidth,
    height,
    cursor: { y: false },
    series: [
      { value: (_, at) => (at === null || at === undefined ? '' : timeOfDay(new Date(at * 1_000).toISOString())) },
      { label: 'done', value: legend, stroke: colour('--done'), width: 2, points: { show: false } },
      {
        label: 'failed again',
        value: legend,
        stroke: colour('--dead'),
        width: 2,
        dash: [2, 3],
        points: { show: false },
      },
      { label: 'left', value: legend, stroke: colour('--waiting'), width: 2, dash: [8, 4], points: { show: false } },
    ],
    axes: [
      { ...axis, space: 80, values: (_, times) => times.map((at) => timeOfDay(new Date(at * 1_000).toISOString())) },
      { ...axis, size: 56, values: (_, counts) => counts.map(grouped) },
    ],
    scales: { y: { range: (_, __, most) => [0, Math.max(1, most)] } },
  };
}
