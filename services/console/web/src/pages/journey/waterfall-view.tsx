import { Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import type { CauseNode } from '../../journey/causes.ts';
import { criticalPath, type CriticalPath, type PathPiece } from '../../journey/critical-path.ts';
import { skipWords } from '../../journey/skip-words.ts';
import { waterfallOf, type Phase, type Waterfall, type WaterfallRow } from '../../journey/waterfall.ts';
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
  const path = useMemo(() => criticalPath(waterfall, nodes), [waterfall, nodes]);
  return (
    <Panel title="What took the time">
      {waterfall.rows.length === 0 ? (
        <p className="muted">No consumer has handled any of it yet. Each delivery appears here with its times.</p>
      ) : (
        <>
          <Totals path={path} />
          <Axis waterfall={waterfall} />
          <ol className="fall">
            {waterfall.rows.map((row) => (
              <FallRow
                key={row.key}
                row={row}
                waterfall={waterfall}
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

function Totals({ path }: { readonly path: CriticalPath }): ReactElement {
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
      </ul>
    </div>
  );
}

function Axis({ waterfall }: { readonly waterfall: Waterfall }): ReactElement {
  const length = waterfall.end - waterfall.start;
  return (
    <div className="fall-axis tabular" aria-hidden="true">
      <span>{timeOfDay(new Date(waterfall.start).toISOString())}</span>
      <span>+{durationWords(length / 2)}</span>
      <span>+{durationWords(length)}</span>
    </div>
  );
}

interface FallRowProps {
  readonly row: WaterfallRow;
  readonly waterfall: Waterfall;
  /** Its part of the critical path. */
  readonly pieces: readonly PathPiece[];
}

function FallRow({ row, waterfall, pieces }: FallRowProps): ReactElement {
  const length = waterfall.end - waterfall.start;
  const share = (time: number) => `${(time / length) * 100}%`;
  const { parkedId, service, consumer, traceId } = row.step;
  const trace = traceId ?? row.event.traceId;
  const spent = row.segments.map(({ phase, from, to }) => `${durationWords(to - from)} ${phase}`).join(', ');
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
            style={{ left: share(segment.from - waterfall.start), width: share(segment.to - segment.from) }}
          />
        ))}
        {pieces.map((piece) => (
          <span
            key={`path-${piece.from}`}
            className="fall-path"
            style={{ left: share(piece.from - waterfall.start), width: share(piece.to - piece.from) }}
          />
        ))}
      </div>
      <div className="fall-spent">
        <span>{spent === '' ? 'at once' : spent}</span>
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
