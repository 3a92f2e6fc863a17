import type { ReactElement } from 'react';
import type { JobSample } from '../../jobs/bulk-summary.ts';
import { TimeChart } from '../../ui/time-chart.tsx';
import { grouped } from '../../words/counting.ts';

/** Done, failed again and left over time, as they were reported since the page was opened. */
export function JobChart({ samples }: { readonly samples: readonly JobSample[] }): ReactElement {
  const last = samples.at(-1);
  const words =
    last === undefined
      ? 'nothing yet'
      : `${grouped(last.done)} done, ${grouped(last.failed)} failed again, ${grouped(last.left)} left`;
  if (samples.length < 2) return <p className="muted">The chart begins with the next report. Now: {words}.</p>;
  return (
    <TimeChart
      words={`Chart of the job; now ${words}`}
      times={samples.map(({ at }) => at)}
      valueWords={grouped}
      lines={[
        { label: 'done', colour: 'done', values: samples.map(({ done }) => done) },
        { label: 'failed again', colour: 'dead', dash: [2, 3], values: samples.map(({ failed }) => failed) },
        { label: 'left', colour: 'waiting', dash: [8, 4], values: samples.map(({ left }) => left) },
      ]}
    />
  );
}
