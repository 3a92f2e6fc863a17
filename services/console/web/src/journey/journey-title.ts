import type { JourneyMatch } from '../api/bodies.ts';
import { capital, eventName, happened, nounOf } from '../words/names.ts';
import { counted, listed } from '../words/counting.ts';
import { relativeTime } from '../words/durations.ts';
import type { CauseNode, JourneyStep } from './causes.ts';
import { parkedWhy } from './parked-why.ts';

export interface JourneyTitle {
  /** The business thing: `Order`. */
  readonly noun: string;
  readonly id: string;
  /** `placed 3 min ago, waiting in shipping`. */
  readonly story: string;
  readonly state: 'waiting' | 'retrying' | 'dead' | 'done';
}

/** What a journey is about and how it stands, as a person would say it. */
export function journeyTitle(nodes: readonly CauseNode[], now: number): JourneyTitle | undefined {
  const root = nodes.find((node) => node.cause === undefined) ?? nodes[0];
  if (root === undefined) return undefined;
  const begun = root.publishedAt ?? root.deliveries[0]?.at;
  const first = `${happened(root.type, root.aggregateType)}${begun === undefined ? '' : ` ${relativeTime(begun, now)}`}`;
  const stuck = nodes.flatMap((node) => node.deliveries.filter(isOpen));
  if (stuck.length > 0) {
    const where = listed([...new Set(stuck.map((step) => step.service))]);
    return {
      noun: capital(nounOf(root.aggregateType)),
      id: root.aggregateId,
      story: `${first}, waiting in ${where}`,
      state: worst(stuck),
    };
  }
  const last = nodes.findLast((node) => node.publishedAt !== undefined);
  const ended =
    last === undefined || last === root
      ? 'nothing waits'
      : `${nounOf(last.aggregateType)} ${happened(last.type, last.aggregateType)} ${relativeTime(last.publishedAt ?? '', now)}, nothing waits`;
  return {
    noun: capital(nounOf(root.aggregateType)),
    id: root.aggregateId,
    story: `${first}, ${ended}`,
    state: 'done',
  };

  function isOpen(step: JourneyStep): boolean {
    return step.kind === 'parked' && !wasHandled(step, nodes);
  }
}

/** One thing of several that an id leads to. */
export interface Hit {
  readonly correlationId: string;
  readonly title: string;
  readonly at: string | undefined;
  readonly events: string;
}

/** The stories that the index found for an id, newest first. */
export function hitsOfMatches(matches: readonly JourneyMatch[]): readonly Hit[] {
  return matches
    .map(({ correlationId, firstType, firstAt, aggregateId, events }) => ({
      correlationId,
      title: `${eventName(firstType)} · ${aggregateId}`,
      at: firstAt,
      events: events >= 1_000 ? '1,000 events or more' : counted(events, 'event'),
    }))
    .toSorted((a, b) => b.at.localeCompare(a.at));
}

/** The separate stories that the steps tell of, newest first; one when all belongs together. */
export function hitsOf(nodes: readonly CauseNode[], steps: readonly JourneyStep[]): readonly Hit[] {
  const correlations = new Map<string, Set<string>>();
  for (const { correlationId, eventId } of steps) {
    if (correlationId === undefined) continue;
    correlations.set(correlationId, (correlations.get(correlationId) ?? new Set()).add(eventId));
  }
  return [...correlations]
    .map(([correlationId, ids]) => {
      const own = nodes.filter((node) => ids.has(node.eventId));
      const first = own[0];
      const at = first?.publishedAt ?? first?.deliveries[0]?.at;
      const title =
        first === undefined
          ? correlationId
          : `${eventName(first.type)} · ${nounOf(first.aggregateType)} ${first.aggregateId}`;
      return { correlationId, title, at, events: counted(own.length, 'event') };
    })
    .sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''));
}

function wasHandled(step: JourneyStep, nodes: readonly CauseNode[]): boolean {
  const node = nodes.find(({ eventId }) => eventId === step.eventId);
  return (node?.deliveries ?? []).some(
    (other) => other.kind === 'handled' && other.service === step.service && other.consumer === step.consumer,
  );
}

/** Of why each waits, the worst: a service says the queue's reason first, `dead: payments.unmapped: …`. */
function worst(steps: readonly JourneyStep[]): 'waiting' | 'retrying' | 'dead' {
  const reasons = steps.map(({ why }) => parkedWhy(why).reason);
  if (reasons.includes('dead')) return 'dead';
  return reasons.includes('retry') ? 'retrying' : 'waiting';
}
