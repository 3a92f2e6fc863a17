import { Router } from 'express';
import { openapi } from '../http/openapi.ts';
import { routes } from '../http/routes.ts';
import { accountabilityRoutes } from './accountability-routes.ts';
import type { Desk } from './desk.ts';
import { entryRoutes } from './entry-routes.ts';
import { flowRoutes } from './flow-routes.ts';
import { requireIdentity } from './identity.ts';
import { jobRoutes } from './job-routes.ts';
import { rebuildRoutes } from './rebuild-routes.ts';
import { steeringRoutes } from './steering-routes.ts';

const base = '/ops/v1';

/** `/ops/v1`: everything that an operator does with a service, for those who bring a token of the operations secret. */
export function operationsRoutes(desk: Desk, secret: string): Router {
  const served = [
    ...steeringRoutes(desk),
    ...flowRoutes(desk),
    ...entryRoutes(desk),
    ...jobRoutes(desk),
    ...rebuildRoutes(desk),
    ...accountabilityRoutes(desk),
  ];
  const description = openapi(
    { title: `Operations of ${desk.service}`, version: '1', description: `Below ${base}.` },
    served.map(({ endpoint }) => endpoint),
  );
  const router = Router();
  router.get(`${base}/openapi.json`, (_request, response) => void response.json(description));
  router.use(base, requireIdentity(secret, desk.service), routes(...served));
  return router;
}
