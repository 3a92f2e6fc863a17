import type { EntityKey, FetchedRecord } from '@waybill/messaging';
import { Router } from 'express';
import { z } from 'zod';
import { endpoint } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';
import { serve, routes } from '../http/routes.ts';
import { eventsJson, recordJson, toJson, versionsPerRequest } from './fetched-record.ts';
import { requireServiceToken } from './service-token.ts';

/** What a producer hands out to consumers that miss something. */
export interface ProducerRecords {
  snapshot(entity: EntityKey): Promise<FetchedRecord | undefined>;
  events(entity: EntityKey, from: number, to: number): Promise<readonly FetchedRecord[]>;
}

const entity = z.object({ aggregateType: z.string().min(1).max(255), aggregateId: z.string().min(1).max(255) });
const tenant = z.string().max(255).default('');
const version = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const getSnapshot = endpoint({
  method: 'get',
  path: '/snapshots/:aggregateType/:aggregateId',
  summary: "An entity's state at its version, as a snapshot record",
  params: entity,
  query: z.object({ tenant }),
  replies: { 200: { description: 'The record, its value in base64', schema: recordJson } },
});

const getEvents = endpoint({
  method: 'get',
  path: '/events/:aggregateType/:aggregateId',
  summary: 'The events of an entity from one version to another, all renditions, in version order',
  params: entity,
  query: z
    .strictObject({ tenant, from: version, to: version })
    .refine(({ from, to }) => to - from < versionsPerRequest, {
      path: ['to'],
      message: `Ask for at most ${versionsPerRequest} versions at a time`,
    }),
  replies: { 200: { description: 'The records', schema: eventsJson } },
});

/** `/waybill/v1/snapshots` and `/waybill/v1/events`, for other services alone: they hold personal data. */
export function producerRoutes(records: ProducerRecords, token: string): Router {
  const router = Router();
  router.use('/waybill/v1', requireServiceToken(token));
  router.use(
    '/waybill/v1',
    routes(
      serve(getSnapshot, async ({ params, query }) => {
        const record = await records.snapshot({ ...params, ...query });
        if (record === undefined)
          throw problem(404, { code: 'producer.no-entity', detail: 'There is no such entity here.' });
        return { status: 200, body: toJson(record) };
      }),
      serve(getEvents, async ({ params, query }) => {
        const found = await records.events({ ...params, tenant: query.tenant }, query.from, query.to);
        return { status: 200, body: { events: found.map(toJson) } };
      }),
    ),
  );
  return router;
}
