import { Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import type { CauseNode } from '../../journey/causes.ts';
import { criticalPath, type CriticalPath, type PathPiece } from '../../journey/critical-path.ts';
import { skipWords } from '../../journey/skip-words.ts';
import { timeScale, type TimeScale } from '../../journey/time-scale.ts';
import { spentIn, waterfallOf, type Phase, type Waterfall, type WaterfallRow } from '../../journey/waterfall.ts';
import { Panel } from '../../ui/panels.tsx';
import { durationWords, timeOfDay } from '../../words/durations.ts';
import { percent } from '../../words/counting.ts';
import { eventName } from '../../words/names.ts';
import { JaegerLink } from './event-detail.tsx';

interface WaterfallViewProps {
  readonly nodes: readonly CauseNode[];
  readonly now: number;
}

const phases: readonly Phase[] = ['waiting', 'parked', 'working'];

/** What took the time: one axis, a row for each event and consumer, and the path that decided when it ended. */
export function WaterfallView({ nodes, now }: WaterfallViewProps): ReactElement {
  const waterfall = useMemo(() => waterfallOf(nodes, now), [nodes, now]);
  const scale = useMemo(() => timeScale(timesOf(waterfall)), [waterfall]);
  const path = useMemo(() => criticalPath(waterfall, nodes), [waterfall, nodes]);
  return (
    <Panel title="What took the time">
      {waterfall.rows.length === 0 ? (
        <p className="muted">No consumer has handled any of it yet. Each delivery appears here with its times.</p>
      ) : (
        <>
          <Totals path={path} scale={scale} />
          <Axis waterfall={waterfall} scale={scale} />
          <ol className="fall">
            {waterfall.rows.map((row) => (
              <FallRow
                key={row.key}
                row={row}
                scale={scale}
                pieces={path.pieces.filter((piece) => piece.row === row.key)}
              />
            ))}
          </ol>
        </>
      )}
      {waterfall.skipped.length > 0 && (
        <ul className="skips">
          {waterfall.skipped.map(({ event, step }) => (
            <li key={`${step.service}${step.consumer}${step.eventId}${step.at}`}>
              {timeOfDay(step.at)} {step.consumer ?? step.service} skipped {eventName(event.type)}:{' '}
              {skipWords(step.why)}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Totals({ path, scale }: { readonly path: CriticalPath; readonly scale: TimeScale }): ReactElement {
  return (
    <div className="fall-totals">
      <p>
        <strong>{durationWords(path.total)}</strong> from the first event to the last end, on the critical path:
      </p>
      <ul>
        {phases.map((phase) => (
          <li key={phase}>
            <span className={`swatch fall-${phase}`} aria-hidden="true" />
            {durationWords(path.totals[phase])} {phase}{' '}
            <span className="muted">({percent(path.total === 0 ? 0 : path.totals[phase] / path.total)})</span>
          </li>
        ))}
        <li>
          <span className="swatch swatch-critical" aria-hidden="true" />
          critical path
        </li>
        {scale.cuts.map((cut) => (
          <li key={cut.from}>
            <span className="swatch swatch-cut" aria-hidden="true" />
            {durationWords(cut.to - cut.from)} drawn shorter
          </li>
        ))}
      </ul>
    </div>
  );
}

interface AxisProps {
  readonly waterfall: Waterfall;
  readonly scale: TimeScale;
}

function Axis({ waterfall, scale }: AxisProps): ReactElement {
  const length = waterfall.end - waterfall.start;
  return (
    <div className="fall-axis tabular">
      <span>{timeOfDay(new Date(waterfall.start).toISOString())}</span>
      {scale.cuts.map((cut) => (
        <span
          key={cut.from}
          className="fall-cut"
          style={{ left: share(scale, cut.from), width: widthOf(scale, cut) }}
        />
      ))}
      <span>+{durationWords(length)}</span>
    </div>
  );
}

interface FallRowProps {
  readonly row: WaterfallRow;
  readonly scale: TimeScale;
  /** Its part of the critical path. */
  readonly pieces: readonly PathPiece[];
}

function FallRow({ row, scale, pieces }: FallRowProps): ReactElement {
  const { parkedId, service, consumer, traceId } = row.step;
  const trace = traceId ?? row.event.traceId;
  const spent = spentIn(row.segments)
    .map(([phase, ms]) => `${durationWords(ms)} ${phase}`)
    .join(', ');
  return (
    <li className="fall-row">
      <div className="fall-label">
        <span className="fall-event">{eventName(row.event.type)}</span>
        <span className="sub">
          {consumer ?? service}
          {pieces.length > 0 && <span className="visually-hidden">, on the critical path</span>}
        </span>
      </div>
      <div className="fall-track" title={spent}>
        {row.segments.map((segment) => (
          <span
            key={segment.from}
            className={`fall-segment fall-${segment.phase}`}
            style={{ left: share(scale, segment.from), width: widthOf(scale, segment) }}
          />
        ))}
        {pieces.map((piece) => (
          <span
            key={`path-${piece.from}`}
            className="fall-path"
            style={{ left: share(scale, piece.from), width: widthOf(scale, piece) }}
          />
        ))}
      </div>
      <div className="fall-spent">
        <span>
          {spent === '' ? 'at once' : spent}
          {row.step.kind === 'skipped' && ', then given up'}
        </span>
        <span className="fall-links">
          {row.open && parkedId !== undefined && (
            <Link to="/parked/$service/$id" params={{ service, id: parkedId }}>
              still parked
            </Link>
          )}
          {trace !== undefined && <JaegerLink traceId={trace} />}
        </span>
      </div>
    </li>
  );
}

function share(scale: TimeScale, time: number): string {
  return `${scale.at(time) * 100}%`;
}

function widthOf(scale: TimeScale, stretch: { readonly from: number; readonly to: number }): string {
  return `${(scale.at(stretch.to) - scale.at(stretch.from)) * 100}%`;
}

function timesOf({ start, end, rows }: Waterfall): readonly number[] {
  return [start, end, ...rows.flatMap((row) => row.segments.flatMap(({ from, to }) => [from, to]))];
}
