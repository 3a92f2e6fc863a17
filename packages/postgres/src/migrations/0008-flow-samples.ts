import type { Migration } from '../migrate.ts';

/**
 * How the flows of a service do over time: samples of each consumer, and when the log had which end. And pauses that let
 * what is parked be worked off.
 */
export const flowSamples: Migration = {
  version: 8,
  name: 'flow-samples',
  sql: `
-- What was handled in a time is found by it. The inbox is written in that order, so that a few bytes for many pages do.
CREATE INDEX inbox_handled ON waybill.inbox USING brin (handled_at) WITH (pages_per_range = 32, autosummarize = on);

-- One process at a time takes the samples of a service; the next one begins where the last one ended.
CREATE TABLE waybill.flow_sampler (
  singleton     boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
  claimed_at    timestamptz NOT NULL,
  sampled_until timestamptz);
INSERT INTO waybill.flow_sampler (claimed_at) VALUES ('-infinity');

-- Since when a consumer is looked at: what happened before is not held against it.
CREATE TABLE waybill.flow (
  consumer    text        PRIMARY KEY,
  known_since timestamptz NOT NULL DEFAULT clock_timestamp());

-- One window of one consumer, by its end. What is null is not known.
CREATE TABLE waybill.flow_sample (
  consumer   text        NOT NULL,
  at         timestamptz NOT NULL,
  window_ms  integer     NOT NULL,
  handled    integer     NOT NULL,
  failed     integer     NOT NULL,
  died       integer     NOT NULL,
  -- Milliseconds that handlers worked on what was handled, and on what failed.
  work_ms    real        NOT NULL,
  wasted_ms  real        NOT NULL,
  judged     integer     NOT NULL,
  beyond     integer     NOT NULL,
  -- Counts of times to visibility by size.
  buckets    jsonb       NOT NULL,
  max_ms     real,
  came       bigint,
  lag_events bigint,
  lag_ms     real,
  lag_known  text        CHECK (lag_known IN ('measured', 'at-least')),
  PRIMARY KEY (consumer, at));

-- Where each partition stood when it was last looked at.
CREATE TABLE waybill.flow_partition (
  consumer    text        NOT NULL,
  topic       text        NOT NULL,
  partition   integer     NOT NULL,
  next_offset bigint,
  high        bigint      NOT NULL,
  lag_ms      real,
  lag_known   text        CHECK (lag_known IN ('measured', 'at-least')),
  at          timestamptz NOT NULL,
  PRIMARY KEY (consumer, topic, partition)) WITH (fillfactor = 70);

-- The ends that the log of a partition was seen to have, with the first and the last time: how old an event is that
-- nobody has read.
CREATE TABLE waybill.log_end (
  topic     text        NOT NULL,
  partition integer     NOT NULL,
  high      bigint      NOT NULL,
  first_at  timestamptz NOT NULL,
  last_at   timestamptz NOT NULL,
  PRIMARY KEY (topic, partition, high)) WITH (fillfactor = 70);

-- A consumer that drains takes nothing new from the log, and works off what is parked.
ALTER TABLE waybill.pause ADD COLUMN mode text NOT NULL DEFAULT 'stop' CHECK (mode IN ('stop', 'drain'));

-- Milliseconds that the failed attempt took; null where that is not known.
ALTER TABLE waybill.parked_attempt ADD COLUMN work_ms real;
`,
};
