import type { Migration } from '../migrate.ts';

/** Generations of projections: which there are, where their tables lie, and what is left of them to be cleared away. */
export const rebuilding: Migration = {
  version: 9,
  name: 'rebuilding',
  sql: `
-- The number counts from 2: the first generation of a projection is the one that was never rebuilt.
-- Whoever works in a generation holds its row FOR SHARE; whoever swaps or discards it changes the row first.
CREATE TABLE waybill.generation (
  consumer       text        NOT NULL,
  number         integer     NOT NULL,
  job            uuid        NOT NULL UNIQUE REFERENCES waybill.job,
  name           text        NOT NULL UNIQUE,
  schema_name    text        NOT NULL,
  retired_schema text        NOT NULL,
  state          text        NOT NULL DEFAULT 'building' CHECK (state IN ('building', 'swapped', 'discarded')),
  rows_left      boolean     NOT NULL DEFAULT true,
  made_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  swapped_at     timestamptz,
  discarded_at   timestamptz,
  PRIMARY KEY (consumer, number));
-- Who is at a generation: one process at a time, until its time is up.
CREATE TABLE waybill.generation_lease (
  job    uuid        PRIMARY KEY REFERENCES waybill.job,
  holder text        NOT NULL,
  until  timestamptz NOT NULL);
CREATE UNIQUE INDEX generation_building ON waybill.generation (consumer) WHERE state = 'building';
`,
};
