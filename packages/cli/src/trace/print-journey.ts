import pc from 'picocolors';
import { jaegerSearch } from './jaeger-link.ts';
import { causes, type Journey, type JourneyNode, type JourneyStep, type ParkedStep, timeSpent } from './journey.ts';
import { type Leg, slowestPath } from './slowest-path.ts';

export interface PrintOptions {
  readonly jaegerUrl: string | undefined;
  readonly colours: boolean;
  readonly now: Date;
}

type Colours = ReturnType<typeof pc.createColors>;

const margin = ' '.repeat(9);
/** A stretch that took less of the whole is not worth a line. */
const worthALine = 0.02;

/** A journey for people: what state it is in, each event under its cause with its steps, and where the time went. */
export function journeyLines(journey: Journey, options: PrintOptions): readonly string[] {
  const colours = pc.createColors(options.colours);
  return [
    ...summaryLines(journey, colours),
    '',
    ...causes(journey).flatMap((root) => nodeLines(root, 0, { journey, colours, now: options.now })),
    ...pathLines(slowestPath(journey), colours),
    ...linkLines(journey, options, colours),
  ];
}

function summaryLines(journey: Journey, colours: Colours): readonly string[] {
  const { events, steps, held } = journey;
  const ids = [...new Set(events.map(({ correlationId }) => correlationId))];
  const services = new Set([...events.flatMap(({ service }) => service ?? []), ...steps.map(({ service }) => service)]);
  const { from, to } = span(journey);
  const parked = steps.flatMap(({ outcome }) => (outcome.kind === 'parked' ? [outcome] : []));
  const dead = parked.filter(({ reason }) => reason === 'dead').length;
  const again = steps.filter(({ outcome }) => outcome.kind === 'skipped' && outcome.reason === 'duplicate').length;
  const handled = steps.filter(({ outcome }) => outcome.kind === 'handled').length;
  const troubles = [
    ...(dead > 0 ? [`${dead} dead`] : []),
    ...(parked.length > dead ? [`${parked.length - dead} waiting`] : []),
    ...(held.length > 0 ? [`${held.length} held back by its producer`] : []),
  ];
  return [
    ...ids.map((id) => `${colours.bold('correlation id')} ${id}`),
    `${plural(events.length, 'event')}, ${plural(handled, 'step')} in ${plural(services.size, 'service')}: ${clock(from)} to ${clock(to)}, ${colours.bold(duration(to - from))}`,
    troubles.length > 0
      ? colours.red(`not done: ${troubles.join(', ')}`)
      : colours.green(
          `everything that arrived was handled${again > 0 ? `; ${plural(again, 'delivery', 'deliveries')} came again, without a second effect` : ''}`,
        ),
    ...held.map(
      ({ service, aggregateId, fromVersion, error, since }) =>
        `${colours.red('!')} ${service} holds back ${aggregateId} from version ${fromVersion} on, since ${clock(since.getTime())}: ${error}`,
    ),
  ];
}

interface Showing {
  readonly journey: Journey;
  readonly colours: Colours;
  readonly now: Date;
}

function nodeLines(node: JourneyNode, depth: number, showing: Showing): readonly string[] {
  const { event, steps, caused } = node;
  const { journey, colours } = showing;
  const indent = '  '.repeat(depth);
  const at = `+${duration(event.time.getTime() - span(journey).from)}`;
  const isAlone = new Set(journey.events.map(({ aggregateId }) => aggregateId)).size === 1;
  const about = isAlone ? '' : ` of ${event.aggregateId}`;
  return [
    `${at.padStart(9)}  ${indent}${colours.bold(event.type)} version ${event.version}${about}  ${colours.dim(event.id)}`,
    ...(steps.length === 0 ? [`${margin}  ${indent}  ${colours.dim('nobody has handled it yet')}`] : []),
    ...inOne(steps).map(({ step, times }) => `${margin}  ${indent}  ${stepLine(node, step, times, showing)}`),
    ...caused.flatMap((each) => nodeLines(each, depth + 1, showing)),
  ];
}

/** Deliveries of one event that a consumer skipped for the same reason make one line. */
function inOne(steps: readonly JourneyStep[]): readonly { step: JourneyStep; times: number }[] {
  const alike = Map.groupBy(steps, ({ consumer, outcome }) =>
    outcome.kind === 'skipped' ? `${consumer} ${outcome.reason}` : Symbol('one of its kind'),
  );
  return [...alike.values()].flatMap((same) => (same[0] === undefined ? [] : [{ step: same[0], times: same.length }]));
}

function stepLine({ event }: JourneyNode, step: JourneyStep, times: number, { colours, now }: Showing): string {
  const { outcome } = step;
  const consumer = step.consumer.padEnd(24);
  switch (outcome.kind) {
    case 'handled': {
      const { waitMs, parkedMs, workMs } = timeSpent(event, outcome);
      const parts = [`waited ${duration(waitMs)}`];
      if (outcome.arrival === 'fetched') parts.push('fetched from its producer');
      if (outcome.arrival !== 'delivered') parts.push(`parked ${duration(parkedMs)}`);
      parts.push(`worked ${duration(workMs)}`);
      if (outcome.attempts > 1) parts.push(`${outcome.attempts} attempts`);
      return `${colours.green('✓')} ${consumer} ${parts.join(', ')}`;
    }
    case 'skipped':
      return `${colours.dim('–')} ${consumer} ${colours.dim(`skipped: ${skipReason(outcome.reason)}${times > 1 ? `, ${times} times` : ''}`)}`;
    case 'parked': {
      const waitedMs = now.getTime() - outcome.since.getTime();
      const attempts = outcome.attempts > 0 ? `, ${plural(outcome.attempts, 'attempt')}` : '';
      const why = outcome.error === undefined ? '' : `: ${outcome.error}`;
      return `${colours.red('!')} ${consumer} ${colours.red(parkedState(outcome, now))}, parked for ${duration(waitedMs)}${attempts}${why}`;
    }
  }
}

function parkedState({ reason, dueAt, waitsFor }: ParkedStep, now: Date): string {
  const next = dueAt === undefined ? '' : `, next look ${inTime(dueAt.getTime() - now.getTime())}`;
  switch (reason) {
    case 'dead':
      return 'dead: a person must look at it';
    case 'gap':
      return `waits for its predecessor${next}`;
    case 'behind':
      return 'waits behind an earlier event of its entity';
    case 'dependency':
      return `waits for its entity in ${waitsFor ?? 'another projection'}${next}`;
    case 'external':
      return 'its call to the outside is to be made, or under way';
    case 'retry':
      return `failed, is tried again${next}`;
    default:
      return reason;
  }
}

function skipReason(reason: string): string {
  switch (reason) {
    case 'covered':
      return 'a snapshot covers its version';
    case 'duplicate':
      return 'delivered again';
    default:
      return reason;
  }
}

function pathLines(legs: readonly Leg[], colours: Colours): readonly string[] {
  const total = legs.reduce((sum, { ms }) => sum + ms, 0);
  if (total === 0) return [];
  return [
    '',
    `${colours.bold('where the time went')} on the way to the last effect (${duration(total)})`,
    ...legs
      .filter(({ ms }) => ms >= total * worthALine)
      .map((leg) => {
        const share = leg.ms / total;
        const text = `${duration(leg.ms).padStart(9)} ${`${Math.round(share * 100)}%`.padStart(4)}  ${legText(leg)}`;
        return share >= 0.3 ? colours.yellow(text) : text;
      }),
    colours.dim(
      `${margin}      waited: outbox, broker and consumer; parked: the consumer's queue and its calls outside`,
    ),
  ];
}

function legText({ event, consumer, kind }: Leg): string {
  switch (kind) {
    case 'waited':
      return `${event.type} waited for ${consumer}`;
    case 'parked':
      return `${event.type} was parked at ${consumer}`;
    case 'worked':
      return `${consumer} worked on ${event.type}`;
    case 'after':
      return `until ${consumer.split('.', 1)[0] ?? consumer} published what followed from ${event.type}`;
  }
}

function linkLines(journey: Journey, { jaegerUrl, now }: PrintOptions, colours: Colours): readonly string[] {
  const traceIds = [...new Set(journey.events.flatMap(({ traceId }) => traceId ?? []))];
  if (jaegerUrl === undefined) return traceIds.map((id) => `${colours.bold('trace')} ${id}`);
  const since = new Date(span(journey).from);
  const first = causes(journey)[0]?.event;
  const service = first?.service ?? first?.type.split('.', 1)[0] ?? '';
  const ids = [...new Set(journey.events.map(({ correlationId }) => correlationId))];
  return [
    '',
    ...ids.map(
      (correlationId) => `${colours.bold('jaeger')} ${jaegerSearch(jaegerUrl, { service, correlationId, since, now })}`,
    ),
    ...traceIds.map((id) => `${colours.bold('trace')}  ${jaegerUrl}/trace/${id}`),
  ];
}

/** From the first event to whatever happened last, in milliseconds since 1970. */
function span({ events, steps }: Journey): { from: number; to: number } {
  const starts = events.map(({ time }) => time.getTime());
  const ends = steps.flatMap(({ outcome }) => (outcome.kind === 'handled' ? [outcome.handledAt.getTime()] : []));
  const from = Math.min(...starts);
  return { from, to: Math.max(from, ...starts, ...ends) };
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function clock(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
}

function inTime(ms: number): string {
  return ms <= 0 ? 'now' : `in ${duration(ms)}`;
}

function duration(ms: number): string {
  if (ms < 1) return '<1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
