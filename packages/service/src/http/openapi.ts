import { extendZodWithOpenApi, OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { AnyEndpoint } from './endpoint.ts';

extendZodWithOpenApi(z);

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string(),
  correlationId: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

const idempotencyHeader = z.string().min(1).max(128);

export interface OpenapiInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
}

/** The OpenAPI 3.1 document of these endpoints: what is checked is what is described. */
export function openapi(info: OpenapiInfo, endpoints: readonly AnyEndpoint[]): object {
  const registry = new OpenAPIRegistry();
  const problem = registry.register('Problem', problemSchema);
  for (const one of endpoints) {
    registry.registerPath({
      method: one.method,
      path: one.path.replaceAll(/:([A-Za-z0-9_]+)/g, '{$1}'),
      summary: one.summary,
      request: requestOf(one),
      responses: {
        ...repliesOf(one),
        default: {
          description: 'A problem (RFC 9457).',
          content: { 'application/problem+json': { schema: problem } },
        },
      },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({ openapi: '3.1.0', info: { ...info } });
}

function requestOf(one: AnyEndpoint) {
  const { params, query, body } = one;
  return {
    ...(params instanceof z.ZodObject ? { params } : {}),
    ...(query instanceof z.ZodObject ? { query } : {}),
    ...(one.idempotencyKey === 'none' ? {} : { headers: idempotencyHeaders(one.idempotencyKey) }),
    ...(body instanceof z.ZodUndefined
      ? {}
      : {
          body: {
            required: true,
            content: { 'application/json': { schema: body instanceof z.ZodObject ? body.strict() : body } },
          },
        }),
  };
}

function idempotencyHeaders(presence: 'optional' | 'required') {
  return z.object({
    'Idempotency-Key': presence === 'required' ? idempotencyHeader : idempotencyHeader.optional(),
  });
}

function repliesOf(one: AnyEndpoint) {
  return Object.fromEntries(
    Object.entries(one.replies).map(([status, { description, schema }]) => [
      status,
      schema === undefined ? { description } : { description, content: { 'application/json': { schema } } },
    ]),
  );
}
