import type { FetchedRecord } from '@waybill/messaging';
import { z } from 'zod';

/** A record as it travels between services: its value in base64. */
export const recordJson = z.object({
  topic: z.string().min(1).max(249),
  key: z.string().nullable(),
  value: z.base64().nullable(),
  headers: z.record(z.string(), z.string()),
});

export const eventsJson = z.object({ events: z.array(recordJson) });

export type RecordJson = z.output<typeof recordJson>;

export function toJson(record: FetchedRecord): RecordJson {
  const { topic, key, value, headers } = record;
  return { topic, key, value: value === null ? null : Buffer.from(value).toString('base64'), headers: { ...headers } };
}

export function ofJson(record: RecordJson): FetchedRecord {
  const { topic, key, value, headers } = record;
  return { topic, key, value: value === null ? null : Buffer.from(value, 'base64'), headers };
}

/** Versions that are asked for at a time. */
export const versionsPerRequest = 500;
