import { type HandledStep, type Journey, type JourneyEvent, type JourneyStep, timeSpent } from './journey.ts';

/** A stretch of the way from the first event to the last effect. */
export interface Leg {
  readonly event: JourneyEvent;
  readonly consumer: string;
  /** `after`: published by the same service some time after it had handled the event. */
  readonly kind: 'waited' | 'parked' | 'worked' | 'after';
  readonly ms: number;
}

type Handled = JourneyStep & { readonly outcome: HandledStep };

/** The way that led to the last effect of all, back to the event that began it: what would have to be faster. */
export function slowestPath(journey: Journey): readonly Leg[] {
  const events = new Map(journey.events.map((event) => [event.id, event]));
  const handled = journey.steps.filter(isHandled);
  const ofEvent = Map.groupBy(handled, ({ eventId }) => eventId);
  let step = handled.reduce<Handled | undefined>(
    (last, each) => (last === undefined || endOf(each) > endOf(last) ? each : last),
    undefined,
  );
  const legs: Leg[] = [];
  const seen = new Set<string>();
  while (step !== undefined && !seen.has(step.eventId)) {
    seen.add(step.eventId);
    const event = events.get(step.eventId);
    if (event === undefined) break;
    legs.unshift(...legsOf(event, step));
    const cause = event.causationId === undefined ? undefined : events.get(event.causationId);
    const publisher = publisherOf(event, ofEvent.get(cause?.id ?? '') ?? []);
    if (cause !== undefined && publisher !== undefined) {
      const ms = event.time.getTime() - endOf(publisher);
      if (ms > 0) legs.unshift({ event: cause, consumer: publisher.consumer, kind: 'after', ms });
    }
    step = publisher;
  }
  return legs;
}

/** Of the steps on an event's cause, the one that published it: of its service, and under way at that time. */
function publisherOf(event: JourneyEvent, steps: readonly Handled[]): Handled | undefined {
  const service = event.service ?? event.type.split('.', 1)[0];
  const at = event.time.getTime();
  const distance = ({ outcome }: Handled) =>
    Math.max(0, outcome.receivedAt.getTime() - at, at - outcome.handledAt.getTime());
  return steps.filter((step) => step.service === service).toSorted((a, b) => distance(a) - distance(b))[0];
}

function legsOf(event: JourneyEvent, { consumer, outcome }: Handled): readonly Leg[] {
  const { waitMs, parkedMs, workMs } = timeSpent(event, outcome);
  const legs: readonly Leg[] = [
    { event, consumer, kind: 'waited', ms: waitMs },
    { event, consumer, kind: 'parked', ms: parkedMs },
    { event, consumer, kind: 'worked', ms: workMs },
  ];
  return legs.filter(({ ms }) => ms > 0);
}

function isHandled(step: JourneyStep): step is Handled {
  return step.outcome.kind === 'handled';
}

function endOf({ outcome }: Handled): number {
  return outcome.handledAt.getTime();
}
