import type { ConsumerDefinition, ConsumerOptions } from './consumer.ts';
import { defaultObjective } from '../flows/objective.ts';
import { defaultRetry } from './retry.ts';
import { WaybillError } from '../errors.ts';

/** Thrown by {@link consumer} when a definition contradicts itself; the message names the field. */
export class InvalidConsumerError extends WaybillError {
  constructor(consumer: string, field: string, problem: string) {
    super('consumer.invalid', `Consumer ${JSON.stringify(consumer)}: ${field} ${problem}`);
  }
}

/** Well below the time for which the inbox keeps ids, so that what is handled twice is never within the horizon. */
const MAX_HORIZON_MS = 60 * 86_400_000;

const TABLE = /^[a-z_][a-z0-9_]{0,62}$/;

const NAME = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;

/**
 * Defines a consumer: a named subscription with its handlers. Its name is its identity, since inbox, positions and
 * parked work hang on it.
 *
 * @throws {InvalidConsumerError} when a field is wrong or two handlers claim the same contract.
 */
export function consumer(options: ConsumerOptions): ConsumerDefinition {
  const definition: ConsumerDefinition = {
    snapshots: [],
    upcasters: [],
    ordering: { by: 'entity' },
    retry: defaultRetry,
    gapPatienceMs: 2_000,
    handlerTimeoutMs: 30_000,
    batchSize: 500,
    from: 'beginning',
    criticality: 'normal',
    objective: defaultObjective,
    tracing: 'joined',
    shadow: { handlers: [] },
    ...options,
    tables: (options.tables ?? []).map((table) => (typeof table === 'string' ? { name: table } : table)),
  };
  validate(definition);
  return definition;
}

function validate(definition: ConsumerDefinition): void {
  const fail = (field: string, problem: string): never => {
    throw new InvalidConsumerError(definition.name, field, problem);
  };
  if (!NAME.test(definition.name))
    fail('name', 'must be lower-case words joined by dots, such as "notifications.mail".');
  if (definition.handlers.length === 0) fail('handlers', 'is empty; give it at least one on(contract, handler).');
  for (const field of ['gapPatienceMs', 'handlerTimeoutMs', 'batchSize'] as const) {
    if (!(definition[field] > 0)) fail(field, 'must be above zero.');
  }
  const { visibleWithinMs, share } = definition.objective;
  if (!(visibleWithinMs > 0 && Number.isFinite(visibleWithinMs))) {
    fail('objective.visibleWithinMs', 'must be milliseconds above zero.');
  }
  if (!(share > 0 && share < 1)) {
    fail('objective.share', 'must be above 0 and below 1, such as 0.99: with 1 not one event could ever be late.');
  }
  if (definition.kind === 'reaction' && definition.snapshots.length > 0) {
    fail('snapshots', 'is for projections; a reaction must see each event itself.');
  }
  if (definition.ordering.by === 'none' && definition.kind === 'projection') {
    fail('ordering', 'must be by entity for a projection.');
  }
  if (definition.ordering.by === 'none' && !(definition.ordering.horizonMs <= MAX_HORIZON_MS)) {
    fail(
      'ordering.horizonMs',
      `must be at most ${MAX_HORIZON_MS} (60 days): the ids of handled events are kept for 90.`,
    );
  }
  validateTables(definition, fail);
  const names = definition.handlers.map((entry) => entry.contract.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fail('handlers', `has ${twice} twice; keep one.`);
  for (const entry of definition.handlers) {
    if (entry.contract.kind !== 'event')
      fail('handlers', `has ${entry.contract.name}, a snapshot; use onSnapshot for it.`);
  }
  const external = definition.handlers.find((entry) => entry.handleAll !== undefined && entry.external !== undefined);
  if (external !== undefined)
    fail('handlers', `has ${external.contract.name} with a batch handler and an external call; use onExternal alone.`);
  for (const entry of definition.snapshots) {
    if (entry.contract.kind !== 'snapshot') fail('snapshots', `has ${entry.contract.name}, an event; use on for it.`);
  }
  const shadows = definition.shadow.handlers.map((entry) => entry.contract.name);
  const alone = shadows.find((name) => !names.includes(name));
  if (alone !== undefined)
    fail('shadow.handlers', `has ${alone}, for which there is no living handler to compare it with.`);
  const twiceShadowed = shadows.find((name, index) => shadows.indexOf(name) !== index);
  if (twiceShadowed !== undefined) fail('shadow.handlers', `has ${twiceShadowed} twice; keep one.`);
  for (const entry of definition.upcasters) {
    if (!names.includes(entry.to.name)) fail('upcasters', `leads to ${entry.to.name}, for which there is no handler.`);
  }
}

function validateTables({ kind, tables }: ConsumerDefinition, fail: (field: string, problem: string) => never): void {
  if (tables.length === 0) return;
  if (kind !== 'projection') fail('tables', 'are for projections: what a reaction did is not done anew.');
  const names = tables.map(({ name }) => name);
  for (const name of names) {
    if (!TABLE.test(name))
      fail('tables', `has ${JSON.stringify(name)}; name a table without its schema, in lower case.`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) fail('tables', `has ${twice} twice; keep one.`);
  if (tables.every(({ kept }) => kept === 'apart'))
    fail('tables', 'has none of its own; a rebuild would swap nothing.');
}
