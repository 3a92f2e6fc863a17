import type { ReactElement } from 'react';
import { counted } from '../words/counting.ts';

const height = 24;
const barWidth = 5;

/** Failed attempts by hour of the last 24, as bars. @param hours Oldest first. */
export function HourStrip({ hours }: { readonly hours: readonly number[] }): ReactElement {
  const most = Math.max(1, ...hours);
  const total = hours.reduce((sum, count) => sum + count, 0);
  return (
    <svg
      className="hour-strip"
      viewBox={`0 0 ${hours.length * barWidth} ${height}`}
      width={hours.length * barWidth}
      height={height}
      role="img"
      aria-label={`${counted(total, 'failed attempt')} in 24 hours, at most ${most} in one`}
    >
      <title>{`${counted(total, 'failed attempt')} in 24 hours, now at the right`}</title>
      {hours.map((count, index) => {
        const size = count === 0 ? 1 : Math.max(3, (count / most) * height);
        // The hour is what a bar is; there is no other key.
        return (
          <rect
            key={index}
            className={count === 0 ? 'bar-none' : 'bar'}
            x={index * barWidth}
            y={height - size}
            width={barWidth - 1}
            height={size}
          />
        );
      })}
    </svg>
  );
}
