/** An event of a journey, as its producer's outbox, a consumer's inbox or a parked queue has it. */
export interface JourneyEvent {
  readonly id: string;
  readonly type: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly correlationId: string;
  readonly causationId: string | undefined;
  readonly traceId: string | undefined;
  readonly time: Date;
  /** The service whose outbox has it; undefined when none does any more. */
  readonly service: string | undefined;
}

/** A consumer's handling of an event, or what keeps it from being handled. */
export interface JourneyStep {
  readonly eventId: string;
  readonly consumer: string;
  readonly service: string;
  readonly outcome: StepOutcome;
}

export interface HandledStep {
  readonly kind: 'handled';
  readonly arrival: 'delivered' | 'parked' | 'fetched';
  readonly receivedAt: Date;
  readonly handledAt: Date;
  /** Milliseconds in the handler. */
  readonly workMs: number;
  readonly attempts: number;
}

export interface ParkedStep {
  readonly kind: 'parked';
  readonly reason: string;
  readonly since: Date;
  readonly attempts: number;
  /** When it is looked at again; undefined for what waits for another event, or for a person. */
  readonly dueAt: Date | undefined;
  /** The projection that must have the entity first. */
  readonly waitsFor: string | undefined;
  readonly error: string | undefined;
}

export type StepOutcome =
  HandledStep | ParkedStep | { readonly kind: 'skipped'; readonly reason: string; readonly at: Date };

/** An aggregate whose producer cannot publish it: nothing of it goes out from that version on. */
export interface HeldBack {
  readonly service: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly fromVersion: number;
  readonly error: string;
  readonly since: Date;
}

export interface Journey {
  readonly events: readonly JourneyEvent[];
  readonly steps: readonly JourneyStep[];
  readonly held: readonly HeldBack[];
}

/** An event with its consumers' steps, and below it the events that those published. */
export interface JourneyNode {
  readonly event: JourneyEvent;
  readonly steps: readonly JourneyStep[];
  readonly caused: readonly JourneyNode[];
}

/** The journey as trees of causes: an event whose cause is not part of the journey begins one. Oldest first. */
export function causes({ events, steps }: Pick<Journey, 'events' | 'steps'>): readonly JourneyNode[] {
  const known = new Map(events.map((event) => [event.id, event]));
  const stepsOf = Map.groupBy(steps, (step) => step.eventId);
  const causedBy = Map.groupBy([...known.values()], (event) =>
    event.causationId !== undefined && known.has(event.causationId) ? event.causationId : undefined,
  );
  const seen = new Set<string>();
  const nodesOf = (cause: string | undefined): readonly JourneyNode[] =>
    (causedBy.get(cause) ?? [])
      .filter(({ id }) => !seen.has(id) && Boolean(seen.add(id)))
      .toSorted((a, b) => a.time.getTime() - b.time.getTime() || a.id.localeCompare(b.id))
      .map((event) => ({
        event,
        steps: (stepsOf.get(event.id) ?? []).toSorted((a, b) => stepTime(a) - stepTime(b)),
        caused: nodesOf(event.id),
      }));
  return nodesOf(undefined);
}

/** Where an event's time went until a consumer was done with it, in milliseconds. */
export interface TimeSpent {
  /** From the event to its arrival at the consumer. */
  readonly waitMs: number;
  /** In the parked queue, and in calls to the outside. */
  readonly parkedMs: number;
  /** In the handler. */
  readonly workMs: number;
}

/** Splits the time of a handled step. */
export function timeSpent(event: Pick<JourneyEvent, 'time'>, handled: HandledStep): TimeSpent {
  const waitMs = Math.max(0, handled.receivedAt.getTime() - event.time.getTime());
  const inConsumerMs = Math.max(0, handled.handledAt.getTime() - handled.receivedAt.getTime());
  const parkedMs = handled.arrival === 'delivered' ? 0 : Math.max(0, inConsumerMs - handled.workMs);
  return { waitMs, parkedMs, workMs: handled.workMs };
}

function stepTime({ outcome }: JourneyStep): number {
  switch (outcome.kind) {
    case 'handled':
      return outcome.handledAt.getTime();
    case 'skipped':
      return outcome.at.getTime();
    case 'parked':
      return outcome.since.getTime();
  }
}
