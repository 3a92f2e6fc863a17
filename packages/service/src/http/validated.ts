import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { AnyEndpoint, EndpointHandler, Input, Reply } from './endpoint.ts';
import { fieldProblems, problem } from './problem.ts';

/** Checks the request against its endpoint and sends what the handler answers. Errors go to the problem handler. */
export function validated<TEndpoint extends AnyEndpoint>(
  described: TEndpoint,
  handle: EndpointHandler<TEndpoint>,
): RequestHandler {
  return async (request, response) => {
    sendReply(response, await handle(checkedInput(described, request)));
  };
}

/**
 * The checked parts of a request.
 * @throws {ProblemError} 415 when a body is needed and none was read as JSON, 400 with field paths when a part is wrong.
 */
export function checkedInput<TEndpoint extends AnyEndpoint>(described: TEndpoint, request: Request): Input<TEndpoint> {
  const body: unknown = request.body;
  const wantsBody = !(described.body instanceof z.ZodUndefined);
  if (wantsBody && body === undefined && hasBody(request)) {
    throw problem(415, {
      code: 'http.unsupported-media-type',
      detail: 'Send the body as application/json.',
      headers: { Accept: 'application/json' },
    });
  }
  // Each part was checked by the very schema that its type comes from.
  return {
    params: checked(described.params, request.params, 'path'),
    query: checked(described.query, request.query, 'query'),
    body: wantsBody ? checked(described.body, body, 'body') : undefined,
    request,
  } as Input<TEndpoint>;
}

function checked(schema: z.ZodType, value: unknown, part: string): unknown {
  const strict = schema instanceof z.ZodObject ? schema.strict() : schema;
  const parsed = strict.safeParse(value);
  if (parsed.success) return parsed.data;
  throw problem(400, {
    code: 'http.invalid-request',
    detail: `The ${part} of the request is not as described; see errors and /openapi.json.`,
    errors: fieldProblems(parsed.error),
  });
}

function hasBody(request: Request): boolean {
  return request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0;
}

export function sendReply(response: Response, reply: Reply): void {
  response.status(reply.status);
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.body === undefined) response.end();
  else response.json(reply.body);
}
