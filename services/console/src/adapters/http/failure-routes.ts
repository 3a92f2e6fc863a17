import { serve, type ServedEndpoint } from '@waybill/service';
import { allFailures, type FailuresOptions, searchedFailures } from '../../application/all-failures.ts';
import { requireAllowed } from './access.ts';
import * as endpoints from './failure-endpoints.ts';

/** What failed, from what the console knows itself. */
export function failureRoutes(options: FailuresOptions): readonly ServedEndpoint[] {
  return [
    serve(endpoints.readFailures, async ({ request }) => {
      requireAllowed(request, 'read');
      return { status: 200, body: await allFailures(options) };
    }),
    serve(endpoints.readParked, async ({ request, query }) => {
      requireAllowed(request, 'read');
      const { next, ...page } = await searchedFailures(options, query);
      return { status: 200, body: { ...page, ...(next === undefined ? {} : { next }) } };
    }),
  ];
}
