import type { ReactElement } from 'react';
import { durationWords } from '../words/durations.ts';

const width = 120;
const height = 24;

interface SparklineProps {
  /** Milliseconds, oldest first; null where there is none. */
  readonly minutes: readonly (number | null)[];
  /** What is promised, drawn as a line across. */
  readonly objectiveMs: number;
}

/** The time to visibility by minute over the last hour, on a logarithmic scale, with the objective across it. */
export function Sparkline({ minutes, objectiveMs }: SparklineProps): ReactElement {
  const known = minutes.filter((ms) => ms !== null);
  const most = Math.max(objectiveMs * 2, ...known);
  const least = Math.min(objectiveMs / 2, ...known);
  const [low, high] = [Math.log(Math.max(1, least)), Math.log(Math.max(2, most))];
  const sizeOf = (ms: number) => 3 + ((Math.log(Math.max(1, ms)) - low) / Math.max(1e-9, high - low)) * (height - 4);
  const step = width / Math.max(1, minutes.length);
  const words =
    known.length === 0
      ? 'nothing was handled in the last hour'
      : `at most ${durationWords(Math.max(...known))} in a minute of the last hour, ${durationWords(objectiveMs)} promised`;
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={words}
    >
      <title>{`${words}; now at the right`}</title>
      {minutes.map((ms, index) =>
        ms === null ? undefined : (
          // The minute is what a mark is; there is no other key.
          <rect
            key={index}
            className={ms > objectiveMs ? 'mark-late' : 'mark'}
            x={index * step}
            y={height - sizeOf(ms)}
            width={step - 0.4}
            height={sizeOf(ms)}
          />
        ),
      )}
      <line
        className="promised"
        x1={0}
        x2={width}
        y1={height - sizeOf(objectiveMs)}
        y2={height - sizeOf(objectiveMs)}
      />
    </svg>
  );
}
