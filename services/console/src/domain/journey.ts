import { answered, type ServiceAnswer, unreachable } from './answers.ts';

/** One thing that happened, as a service or the index tells it; the console passes on what it does not know. */
export interface JourneyStep {
  readonly kind: string;
  readonly eventId: string;
  readonly type: string;
  readonly aggregateId: string;
  readonly at: string;
  readonly consumer?: string | undefined;
  readonly parkedId?: string | undefined;
}

/** What a service knows of one id. */
export interface TraceAnswer {
  readonly correlationIds: readonly string[];
  readonly steps: readonly JourneyStep[];
  readonly cut: boolean;
}

/** What all services know, each with its steps in the order of time. */
export interface Journey {
  readonly services: readonly {
    readonly service: string;
    readonly steps: readonly JourneyStep[];
    /** Whether the service has more, or may have. */
    readonly cut: boolean;
  }[];
  /** Services that left a question unanswered. */
  readonly unreachable: readonly string[];
}

type Answers = readonly ServiceAnswer<TraceAnswer>[];

/** Correlation ids that are asked for at a time, at most: each costs a request to every service. */
export const mostCorrelations = 5;
/** Entities that a question may name, at most. */
const mostEntities = 50;

/** What the services were asked at first. */
export interface FirstQuestions {
  readonly ids: readonly string[];
  /** Entities that were named with them. */
  readonly entities: readonly string[];
}

/** What is asked once the first answers are there. */
export interface FurtherQuestions {
  readonly ids: readonly string[];
  /** Entities whose published events are wanted too: their producers cannot find those by correlation. */
  readonly entities: readonly string[];
  /** Whether there was more to ask for. */
  readonly more: boolean;
}

/**
 * The correlation ids that the first answers name, and the entities that they tell of. Ids that were asked for are asked
 * for again only when there are entities to name with them that were not named before.
 */
export function furtherQuestions(asked: FirstQuestions, first: Answers): FurtherQuestions {
  const answers = answered(first).map(({ answer }) => answer);
  const found = new Set(answers.flatMap(({ steps }) => steps.map(({ aggregateId }) => aggregateId)));
  for (const entity of asked.entities) found.delete(entity);
  const fresh = nameable([...found]);
  const ids = new Set(answers.flatMap(({ correlationIds }) => correlationIds));
  if (fresh.length === 0) for (const id of asked.ids) ids.delete(id);
  const entities = [...fresh, ...asked.entities];
  return {
    ids: [...ids].slice(0, mostCorrelations),
    entities: entities.slice(0, mostEntities),
    more: ids.size > mostCorrelations || entities.length > mostEntities || fresh.length < found.size,
  };
}

/** Entities that a question can name: it has commas between them. */
export function nameable(entities: readonly string[]): readonly string[] {
  return entities.filter((entity) => entity !== '' && !entity.includes(','));
}

/**
 * One journey of all answers, the first and those to the correlation ids: no step twice, and those of each service in
 * the order of time. Where answers are missing, or correlation ids were not asked for, it is marked as cut.
 */
export function mergedJourney(rounds: readonly Answers[], asked: 'all' | 'some'): Journey {
  const silent = new Set(rounds.flatMap(unreachable));
  const found = rounds.flatMap(answered);
  const names = [...new Set(found.map(({ service }) => service))];
  return {
    services: names.map((service) => {
      const answers = found.filter((one) => one.service === service).map(({ answer }) => answer);
      return {
        service,
        steps: inOrder(answers.flatMap(({ steps }) => steps)),
        cut: asked === 'some' || silent.has(service) || answers.some(({ cut }) => cut),
      };
    }),
    unreachable: [...silent],
  };
}

/** Each step once, in the order of time. */
export function inOrder(steps: readonly JourneyStep[]): readonly JourneyStep[] {
  const once = new Map(steps.map((step) => [identityOf(step), step]));
  return [...once.values()].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function identityOf({ kind, eventId, type, consumer, parkedId, at }: JourneyStep): string {
  return JSON.stringify([kind, eventId, type, consumer, parkedId, at]);
}
