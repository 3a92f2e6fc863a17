import type { ServedEndpoint } from '../http/routes.ts';
import { consumerNamed, type Desk, reading } from './desk.ts';
import * as endpoints from './endpoints.ts';

/** How a consumer did over the last day. */
export function flowRoutes(desk: Desk): readonly ServedEndpoint[] {
  return [
    reading(endpoints.getFlow, 'read', async ({ params: { name }, query }) => {
      const definition = consumerNamed(desk, name);
      const running = desk.running().find((one) => one.status().name === name);
      return { status: 200, body: await desk.flows.of(definition, query, running) };
    }),
  ];
}
