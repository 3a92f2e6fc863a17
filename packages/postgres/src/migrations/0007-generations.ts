import type { Migration } from '../migrate.ts';

/** Jobs that build beside what is there: a projection anew, or a handler's shadow. They report, and may wait for a person. */
export const generations: Migration = {
  version: 7,
  name: 'generations',
  sql: `
ALTER TABLE waybill.job DROP CONSTRAINT job_kind_check, DROP CONSTRAINT job_state_check;
ALTER TABLE waybill.job
  ADD CONSTRAINT job_kind_check CHECK (kind IN ('redrive', 'replay', 'rebuild', 'shadow')),
  -- ready: it came to its end and goes on following, until a person says what becomes of it.
  ADD CONSTRAINT job_state_check CHECK (state IN ('running', 'paused', 'stopped', 'ready', 'cancelled', 'done')),
  ADD COLUMN report jsonb;
`,
};
