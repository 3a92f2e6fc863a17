import type { RequestHandler } from 'express';
import { Router } from 'express';
import type { Metrics } from './metrics.ts';

/** A part of the service that can be dead, or alive and not ready. */
export interface HealthPart {
  readonly name: string;
  /** Why it is dead for good, so that only a restart helps; undefined while it lives. */
  dead(): string | undefined;
  /** Why it cannot do its work now; undefined when it can. */
  notReady(): Promise<string | undefined> | string | undefined;
}

/**
 * `/healthz` (200 while no part is dead), `/readyz` (200 when all parts can work), `/metrics`. Reasons are short texts
 * without internals, since probes are not authenticated.
 */
export function healthRoutes(parts: () => readonly HealthPart[], metrics: Metrics): Router {
  const router = Router();
  router.get(
    '/healthz',
    answer(() => reasons(parts(), (part) => part.dead())),
  );
  router.get(
    '/readyz',
    answer(() => reasons(parts(), async (part) => part.dead() ?? (await part.notReady()))),
  );
  router.get('/metrics', async (_request, response) => {
    response.setHeader('Content-Type', metrics.registry.contentType);
    response.end(await metrics.registry.metrics());
  });
  return router;
}

function answer(look: () => Promise<Record<string, string>>): RequestHandler {
  return async (_request, response) => {
    const problems = await look();
    const good = Object.keys(problems).length === 0;
    response.setHeader('Cache-Control', 'no-store');
    response.status(good ? 200 : 503).json(good ? { status: 'ok' } : { status: 'unavailable', problems });
  };
}

async function reasons(
  parts: readonly HealthPart[],
  why: (part: HealthPart) => Promise<string | undefined> | string | undefined,
): Promise<Record<string, string>> {
  const problems: Record<string, string> = {};
  for (const part of parts) {
    const reason = await why(part);
    if (reason !== undefined) problems[part.name] = reason;
  }
  return problems;
}
