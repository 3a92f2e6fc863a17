import type { Migration } from '../migrate.ts';

/** Which failures were published as facts, so that what becomes of the event is published too. */
export const telling: Migration = {
  version: 6,
  name: 'telling',
  sql: `ALTER TABLE waybill.parked ADD COLUMN failure_told boolean NOT NULL DEFAULT false;`,
};
