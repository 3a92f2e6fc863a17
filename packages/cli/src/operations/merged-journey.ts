import type { TraceResult, TraceStep } from '@waybill/service/operations';
import type { Journey, JourneyEvent, JourneyStep, ParkedStep, StepOutcome } from '../trace/journey.ts';

/** What one service knows. */
export interface ServiceTrace {
  readonly service: string;
  readonly trace: TraceResult;
}

type ServiceStep = TraceStep & { readonly service: string };

/** What all services know of an id, as one journey. The same step told twice is one. */
export function mergedJourney(traces: readonly ServiceTrace[]): Journey {
  const steps = unique(traces.flatMap(({ service, trace }) => trace.steps.map((step) => ({ ...step, service }))));
  const byEvent = Map.groupBy(steps, ({ eventId }) => eventId);
  return {
    events: [...byEvent.values()].flatMap(eventOf),
    steps: steps.flatMap(stepOf),
    held: [],
  };
}

/** What the services are asked: an id, and the entities whose published events are looked for under it. */
export interface TraceQuestion {
  readonly id: string;
  readonly entities: readonly string[];
}

/** Correlations that are followed, and entities that are named in one question. */
const mostCorrelations = 20;
const mostEntities = 50;

/**
 * What to ask next: each correlation by which some service knows the id may be known to the others too, and what they
 * published under it is found by the entities that have been seen.
 */
export function furtherQuestions(traces: readonly ServiceTrace[]): readonly TraceQuestion[] {
  const ids = new Set(traces.flatMap(({ trace }) => trace.correlationIds));
  const steps = traces.flatMap(({ trace }) => trace.steps);
  return [...ids].slice(0, mostCorrelations).map((id) => {
    const seen = steps.filter(({ correlationId }) => correlationId === id).map(({ aggregateId }) => aggregateId);
    // They are listed with commas between them, so that one with a comma cannot be named.
    const entities = [...new Set(seen)].filter((entity) => !entity.includes(',')).toSorted();
    return { id, entities: entities.slice(0, mostEntities) };
  });
}

/** The parked entries of a journey, for whoever wants to mend them. */
export function parkedOf(
  traces: readonly ServiceTrace[],
): readonly { readonly service: string; readonly id: string }[] {
  const found = traces.flatMap(({ service, trace }) =>
    trace.steps.flatMap(({ kind, parkedId }) =>
      kind === 'parked' && parkedId !== undefined ? [`${service} ${parkedId}`] : [],
    ),
  );
  return [...new Set(found)].map((text) => {
    const [service = '', id = ''] = text.split(' ');
    return { service, id };
  });
}

function unique(steps: readonly ServiceStep[]): readonly ServiceStep[] {
  return [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()];
}

/** The event as its producer tells of it; or else by the first that had to do with it. */
function eventOf(steps: readonly ServiceStep[]): readonly JourneyEvent[] {
  const inTime = steps.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const published = inTime.find(({ kind }) => kind === 'published');
  const known = published ?? inTime[0];
  if (known === undefined) return [];
  const { eventId, type, aggregateType, aggregateId, version } = known;
  const first = <K extends 'correlationId' | 'causationId' | 'traceId'>(name: K) =>
    known[name] ?? inTime.find((step) => step[name] !== undefined)?.[name];
  return [
    {
      ...{ id: eventId, type, aggregateType, aggregateId, version },
      // What was published outside any context is its own correlation.
      correlationId: first('correlationId') ?? eventId,
      causationId: first('causationId'),
      traceId: first('traceId'),
      time: new Date(known.at),
      service: published?.service,
    },
  ];
}

function stepOf(step: ServiceStep): readonly JourneyStep[] {
  const outcome = outcomeOf(step);
  if (outcome === undefined) return [];
  return [{ eventId: step.eventId, consumer: step.consumer ?? step.service, service: step.service, outcome }];
}

function outcomeOf(step: TraceStep): StepOutcome | undefined {
  const at = new Date(step.at);
  switch (step.kind) {
    case 'published':
      return undefined;
    case 'handled': {
      const handledAt = new Date(step.endedAt ?? step.at);
      const { workMs = 0, attempts = 1 } = step;
      return { kind: 'handled', arrival: arrivalOf(step.arrival), receivedAt: at, handledAt, workMs, attempts };
    }
    case 'skipped':
      return { kind: 'skipped', reason: skipReason(step.why), at };
    case 'parked':
      return parkedStep(step, at);
  }
}

/** What the printing of a journey says in words of its own is passed on as it is. */
function skipReason(why = 'the service does not say why'): string {
  return why === 'operator' ? 'an operator gave it up' : why;
}

function arrivalOf(text: string | undefined): 'delivered' | 'parked' | 'fetched' {
  return text === 'parked' || text === 'fetched' ? text : 'delivered';
}

const reasons: readonly string[] = ['gap', 'behind', 'dependency', 'external', 'retry', 'dead'];

/** The queue's own word for why it waits stands before a colon; without one the whole text is told. */
function parkedStep({ why = 'parked', attempts = 0 }: TraceStep, since: Date): ParkedStep {
  const [, word = '', rest] = /^(\w+)(?:: (.+))?$/s.exec(why) ?? [];
  const isKnown = reasons.includes(word);
  return {
    kind: 'parked',
    reason: isKnown ? word : why,
    since,
    attempts,
    dueAt: undefined,
    waitsFor: undefined,
    error: isKnown ? rest : undefined,
  };
}
