import type { TraceStep } from '@waybill/service/operations';
import type { TraceBody } from '../api/bodies.ts';

/** A step with the service that knows of it. */
export type JourneyStep = TraceStep & { readonly service: string };

/** An event of a journey: who published it, what caused it, and what became of it at each consumer. */
export interface CauseNode {
  readonly eventId: string;
  readonly type: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  /** The service that published it, or undefined when none of those that answered did. */
  readonly publisher: string | undefined;
  readonly publishedAt: string | undefined;
  /** The event that caused it, when that is part of the journey. */
  readonly cause: string | undefined;
  readonly traceId: string | undefined;
  readonly deliveries: readonly JourneyStep[];
}

export interface Causes {
  /** By the time at which they were published. */
  readonly nodes: readonly CauseNode[];
  /** Services that published, in the order in which they came in. */
  readonly lanes: readonly string[];
}

/** The lane of events whose publisher is not known. */
export const unknownLane = 'published elsewhere';

/** All steps of the services' answers in one list. */
export function journeySteps(body: TraceBody): readonly JourneyStep[] {
  return body.services.flatMap(({ service, steps }) => steps.map((step) => ({ ...step, service })));
}

/** The graph of causes that the steps tell of. Renditions of one fact share their id and are one node. */
export function causesOf(steps: readonly JourneyStep[]): Causes {
  const byEvent = new Map<string, JourneyStep[]>();
  for (const step of steps) byEvent.set(step.eventId, [...(byEvent.get(step.eventId) ?? []), step]);
  const nodes = [...byEvent.values()]
    .flatMap((own) => nodeOf(own, byEvent))
    .sort((a, b) => firstTime(a) - firstTime(b) || a.eventId.localeCompare(b.eventId));
  return { nodes, lanes: [...new Set(nodes.map(laneOf))] };
}

/** The lane that an event stands in. */
export function laneOf(node: Pick<CauseNode, 'publisher'>): string {
  return node.publisher ?? unknownLane;
}

/** When an event was first heard of, in milliseconds since 1970. */
export function firstTime(node: CauseNode): number {
  if (node.publishedAt !== undefined) return Date.parse(node.publishedAt);
  return Math.min(...node.deliveries.map((step) => Date.parse(step.at)));
}

function nodeOf(own: readonly JourneyStep[], byEvent: ReadonlyMap<string, unknown>): readonly CauseNode[] {
  const published = own.find((step) => step.kind === 'published');
  const step = published ?? own[0];
  if (step === undefined) return [];
  const cause = own.find((one) => one.causationId !== undefined)?.causationId;
  const isKnown = cause !== undefined && cause !== step.eventId && byEvent.has(cause);
  return [
    {
      eventId: step.eventId,
      type: step.type,
      aggregateType: step.aggregateType,
      aggregateId: step.aggregateId,
      version: step.version,
      publisher: published?.service,
      publishedAt: published?.at,
      cause: isKnown ? cause : undefined,
      traceId: step.traceId ?? own.find((one) => one.traceId !== undefined)?.traceId,
      deliveries: own.filter((one) => one.kind !== 'published'),
    },
  ];
}
