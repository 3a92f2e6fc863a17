import type { Queryable } from '@waybill/messaging';
import type { Request } from 'express';
import { z } from 'zod';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What an endpoint may answer with, for its description. */
export interface DescribedReply {
  readonly description: string;
  readonly schema?: z.ZodType;
}

/**
 * One operation of a service, described once: the request is checked against it, and the OpenAPI document is built
 * from it. Objects are strict at their top level; use `z.strictObject` for those inside.
 */
export interface Endpoint<TParams extends z.ZodType, TQuery extends z.ZodType, TBody extends z.ZodType> {
  readonly method: Method;
  /** As express has it: `/orders/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly params: TParams;
  readonly query: TQuery;
  readonly body: TBody;
  readonly replies: Readonly<Record<number, DescribedReply>>;
  /** Whether a caller may, must or cannot send an `Idempotency-Key`; `optional` for writes when left out. */
  readonly idempotencyKey: 'optional' | 'required' | 'none';
}

/** Any endpoint, whatever its parts. */
export type AnyEndpoint = Endpoint<z.ZodType, z.ZodType, z.ZodType>;

/** No body: none is read, and what is sent is ignored. */
export const noBody: z.ZodUndefined = z.undefined();
const nothing = z.object({});

type Described<TParams extends z.ZodType, TQuery extends z.ZodType, TBody extends z.ZodType> = Pick<
  Endpoint<TParams, TQuery, TBody>,
  'method' | 'path' | 'summary' | 'replies'
> & {
  readonly params?: TParams;
  readonly query?: TQuery;
  readonly body?: TBody;
  readonly idempotencyKey?: 'optional' | 'required';
};

/** Describes an operation; parts that are left out are empty. */
export function endpoint<
  TParams extends z.ZodType = typeof nothing,
  TQuery extends z.ZodType = typeof nothing,
  TBody extends z.ZodType = typeof noBody,
>(described: Described<TParams, TQuery, TBody>): Endpoint<TParams, TQuery, TBody> {
  return {
    idempotencyKey: described.method === 'get' ? 'none' : 'optional',
    ...described,
    // Left-out parts have the default types, which only this function can promise.
    params: (described.params ?? nothing) as TParams,
    query: (described.query ?? nothing) as TQuery,
    body: (described.body ?? noBody) as TBody,
  };
}

/** What a handler gets: the checked parts of the request, and the request itself for what is not described. */
export interface Input<TEndpoint extends AnyEndpoint> {
  readonly params: z.output<TEndpoint['params']>;
  readonly query: z.output<TEndpoint['query']>;
  readonly body: z.output<TEndpoint['body']>;
  readonly request: Request;
}

/** What a handler answers with. The body is sent as JSON; without one nothing is. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type EndpointHandler<TEndpoint extends AnyEndpoint> = (input: Input<TEndpoint>) => Promise<Reply> | Reply;

/** A handler inside a transaction that commits with its reply, and is rolled back when it throws. */
export type TransactionalHandler<TEndpoint extends AnyEndpoint, TPrepared = undefined> = (
  tx: Queryable,
  input: Input<TEndpoint>,
  prepared: TPrepared,
) => Promise<Reply>;

/** What is found out before a handler's transaction begins, since it may take long: others are asked for it. */
export type Prepare<TEndpoint extends AnyEndpoint, TPrepared> = (input: Input<TEndpoint>) => Promise<TPrepared>;
