import { useMemo, type ReactElement } from 'react';
import type { Causes, CauseNode } from '../../journey/causes.ts';
import { layoutOf, nodeHeight, nodeWidth } from '../../journey/layout.ts';
import { Icon } from '../../ui/icon.tsx';
import { timeOfDay } from '../../words/durations.ts';
import { eventName, nounOf, shortId } from '../../words/names.ts';

interface CausesGraphProps {
  readonly causes: Causes;
  readonly picked: string | undefined;
  readonly onPick: (eventId: string) => void;
}

/** Events from causes at the left to effects at the right, one lane a service. */
export function CausesGraph({ causes, picked, onPick }: CausesGraphProps): ReactElement {
  const layout = useMemo(() => layoutOf(causes), [causes]);
  return (
    // It scrolls by itself, so it can be focused.
    <div className="graph-scroll" tabIndex={0} role="group" aria-label="Graph of causes, from left to right">
      <div className="graph" style={{ width: layout.width, height: layout.height }}>
        {layout.lanes.map((lane) => (
          <div key={lane.name} className="graph-lane" style={{ top: lane.y, height: lane.height }}>
            <span className="graph-lane-name">{lane.name}</span>
          </div>
        ))}
        <svg className="graph-edges" width={layout.width} height={layout.height} aria-hidden="true">
          <defs>
            <marker
              id="arrow"
              viewBox="0 0 8 8"
              refX="8"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              markerUnits="userSpaceOnUse"
              orient="0"
            >
              <path d="M0,0L8,4L0,8Z" />
            </marker>
          </defs>
          {layout.edges.map((edge) => (
            <path
              key={`${edge.from}${edge.to}`}
              d={edge.path}
              markerEnd="url(#arrow)"
              className={picked === edge.from || picked === edge.to ? 'graph-edge graph-edge-picked' : 'graph-edge'}
            />
          ))}
        </svg>
        <ol className="graph-nodes">
          {layout.nodes.map(({ node, x, y }) => (
            <li key={node.eventId} style={{ left: x, top: y, width: nodeWidth, height: nodeHeight }}>
              <NodeButton node={node} isPicked={picked === node.eventId} onPick={onPick} />
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

interface NodeButtonProps {
  readonly node: CauseNode;
  readonly isPicked: boolean;
  readonly onPick: (eventId: string) => void;
}

function NodeButton({ node, isPicked, onPick }: NodeButtonProps): ReactElement {
  const parked = node.deliveries.filter(({ kind }) => kind === 'parked').length;
  const handled = node.deliveries.filter(({ kind }) => kind === 'handled').length;
  return (
    <button
      type="button"
      className={parked > 0 ? 'graph-node graph-node-parked' : 'graph-node'}
      aria-pressed={isPicked}
      onClick={() => onPick(node.eventId)}
    >
      <span className="graph-node-name">{eventName(node.type)}</span>
      <span className="graph-node-sub">
        {nounOf(node.aggregateType)} {shortId(node.aggregateId)} v{node.version}
      </span>
      <span className="graph-node-sub">
        {node.publishedAt === undefined ? 'time unknown' : timeOfDay(node.publishedAt)}
        {handled > 0 && (
          <span className="graph-count count-done">
            <Icon name="done" />
            {handled} <span className={parked > 0 ? 'visually-hidden' : ''}>handled</span>
          </span>
        )}
        {parked > 0 && (
          <span className="graph-count hurt">
            <Icon name="waiting" />
            {parked} parked
          </span>
        )}
      </span>
    </button>
  );
}
