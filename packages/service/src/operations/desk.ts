import type { ConsumerDefinition, Operation, Queryable, RelayStatus, RunningConsumer } from '@waybill/messaging';
import type pg from 'pg';
import type { z } from 'zod';
import type { Request } from 'express';
import type { AnyEndpoint, Endpoint, EndpointHandler, Input, Reply } from '../http/endpoint.ts';
import { type ServedEndpoint, serve, servePrepared, serveWrite } from '../http/routes.ts';
import { problem } from '../http/problem.ts';
import type { CommandResult } from './api.ts';
import type { EventBodies } from './event-body.ts';
import type { ReplaySource } from './replay-feed.ts';
import type { ServiceFacts } from './facts.ts';
import type { Flows } from '../flows/flows.ts';
import type { RelayPace } from '../flows/relay-pace.ts';
import { allowedTo, type Identity } from './identity.ts';
import { spendToken } from './performed.ts';

/** What the operations API of a service works with. */
export interface Desk {
  readonly service: string;
  readonly db: pg.Pool;
  readonly bodies: EventBodies;
  /** Where events that are replayed are read from. */
  readonly replays: ReplaySource;
  /** Undefined where the service publishes none. */
  readonly facts: ServiceFacts | undefined;
  readonly definitions: readonly ConsumerDefinition[];
  readonly running: () => readonly RunningConsumer[];
  readonly relay: () => RelayStatus | undefined;
  /** How the consumers do, and this process's relay. */
  readonly flows: Flows;
  readonly relayPace: RelayPace;
  transaction<T>(fn: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Has a job worked on, once the transaction is committed. */
  enqueue(tx: Queryable, job: string): Promise<void>;
  /** Has what changed looked at soon. */
  wake(): void;
}

type Described<TParams extends z.ZodType, TQuery extends z.ZodType, TBody extends z.ZodType> = Endpoint<
  TParams,
  TQuery,
  TBody
>;

/** Serves something that is read, for those who may. */
export function reading<TEndpoint extends AnyEndpoint>(
  endpoint: TEndpoint,
  operation: Operation,
  handle: (input: Input<TEndpoint>, identity: Identity) => ReturnType<EndpointHandler<TEndpoint>>,
): ServedEndpoint {
  return serve(endpoint, async (input) => handle(input, allowedTo(operation, input.request)));
}

/** Serves a command, for those who may: in one transaction with its audit entry, under its Idempotency-Key. */
export function commanding<TParams extends z.ZodType, TQuery extends z.ZodType, TBody extends z.ZodType>(
  desk: Desk,
  endpoint: Described<TParams, TQuery, TBody>,
  operation: Operation,
  handle: (
    tx: Queryable,
    input: Input<Described<TParams, TQuery, TBody>>,
    identity: Identity,
  ) => Promise<CommandResult>,
): ServedEndpoint {
  const served = serveWrite(desk, endpoint, async (tx, input) =>
    carriedOut(tx, operation, input.request, async (identity) => handle(tx, input, identity)),
  );
  return guarded(desk, operation, served);
}

/** The same for a command that needs what is found out by asking others, with no transaction open. */
export function preparedCommanding<
  TParams extends z.ZodType,
  TQuery extends z.ZodType,
  TBody extends z.ZodType,
  TPrepared,
>(
  desk: Desk,
  endpoint: Described<TParams, TQuery, TBody>,
  operation: Operation,
  prepare: (input: Input<Described<TParams, TQuery, TBody>>) => Promise<TPrepared>,
  handle: (
    tx: Queryable,
    input: Input<Described<TParams, TQuery, TBody>>,
    identity: Identity,
    prepared: NoInfer<TPrepared>,
  ) => Promise<CommandResult>,
): ServedEndpoint {
  const served = servePrepared(desk, endpoint, prepare, async (tx, input, prepared) =>
    carriedOut(tx, operation, input.request, async (identity) => handle(tx, input, identity, prepared)),
  );
  return guarded(desk, operation, served);
}

async function carriedOut(
  tx: Queryable,
  operation: Operation,
  request: Request,
  handle: (identity: Identity) => Promise<CommandResult>,
): Promise<Reply> {
  const identity = allowedTo(operation, request);
  await spendToken(tx, identity);
  const body = await handle(identity);
  return { status: body.result === 'done' ? 200 : 202, body };
}

function guarded(desk: Desk, operation: Operation, { endpoint, handler }: ServedEndpoint): ServedEndpoint {
  return {
    endpoint,
    handler: (request, response, next) => {
      // Before the reply of another person's command could be found under the key.
      allowedTo(operation, request);
      response.once('finish', () => desk.wake());
      return handler(request, response, next);
    },
  };
}

/** The definition of a consumer. @throws {ProblemError} 404 when the service has none of that name. */
export function consumerNamed({ definitions, service }: Desk, name: string): ConsumerDefinition {
  const found = definitions.find((definition) => definition.name === name);
  if (found !== undefined) return found;
  const known = definitions.map((definition) => definition.name).join(', ') || 'none';
  throw problem(404, { code: 'ops.no-consumer', detail: `${service} has no consumer of that name. It has: ${known}.` });
}
