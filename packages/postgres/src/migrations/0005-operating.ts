import type { Migration } from '../migrate.ts';

/** What an operator works with: failures with their attempts, edits, jobs, approvals, pauses, and the audit trail. */
export const operating: Migration = {
  version: 5,
  name: 'operating',
  sql: `
ALTER TABLE waybill.parked
  ADD COLUMN error_stack text,
  ADD COLUMN fingerprint text,
  ADD COLUMN assignee    text,
  ADD COLUMN job         uuid,
  ADD COLUMN redriven    integer NOT NULL DEFAULT 0,
  ADD COLUMN failed_at   timestamptz;
CREATE INDEX parked_failures ON waybill.parked (consumer, fingerprint) WHERE reason IN ('dead', 'retry');
CREATE INDEX parked_job ON waybill.parked (job) WHERE job IS NOT NULL;

-- Each failed attempt, kept when the event is handled at last. Insert-only, and dropped by age.
CREATE TABLE waybill.parked_attempt (
  consumer      text        NOT NULL,
  event_id      text        NOT NULL,
  version       bigint      NOT NULL,
  attempt       integer     NOT NULL,
  error_type    text        NOT NULL,
  error_code    text        NOT NULL,
  error_message text        NOT NULL,
  fingerprint   text,
  failed_at     timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX parked_attempt_event ON waybill.parked_attempt (consumer, event_id, version);
CREATE INDEX parked_attempt_age ON waybill.parked_attempt USING brin (failed_at);

-- What an operator changed in an event, with what it was; kept for good.
CREATE TABLE waybill.parked_edit (
  id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer text        NOT NULL,
  event_id text        NOT NULL,
  version  bigint      NOT NULL,
  original bytea,
  edited   bytea       NOT NULL,
  actor    text        NOT NULL,
  edited_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX parked_edit_event ON waybill.parked_edit (consumer, event_id, version);

-- Each entry carries the hash of the one before it, so that a changed, removed or reordered one shows. The texts are
-- kept as they were hashed.
CREATE TABLE waybill.audit (
  seq         bigint      PRIMARY KEY,
  at          timestamptz NOT NULL,
  actor       text        NOT NULL,
  approved_by text,
  action      text        NOT NULL,
  target      text        NOT NULL,
  reason      text,
  details     text        NOT NULL,
  result      text        NOT NULL,
  previous    bytea       NOT NULL,
  hash        bytea       NOT NULL);
CREATE INDEX audit_target ON waybill.audit (target, seq);

-- The last entry's place and hash. One row, whose lock puts the writers of the trail in a row.
CREATE TABLE waybill.audit_head (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  seq       bigint  NOT NULL,
  hash      bytea   NOT NULL,
  published bigint  NOT NULL DEFAULT 0);
INSERT INTO waybill.audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION waybill.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'waybill.audit is append-only' USING ERRCODE = 'WB004';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON waybill.audit
  FOR EACH STATEMENT EXECUTE FUNCTION waybill.refuse_audit_change();

-- What stands still because somebody said so, until somebody says otherwise or the time is up.
CREATE TABLE waybill.pause (
  id         uuid        PRIMARY KEY,
  scope      text        NOT NULL CHECK (scope IN ('consumer', 'dependency', 'relay')),
  name       text        NOT NULL,
  reason     text        NOT NULL,
  actor      text        NOT NULL,
  paused_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  until      timestamptz NOT NULL,
  resumed_at timestamptz,
  resumed_by text);
CREATE UNIQUE INDEX pause_active ON waybill.pause (scope, name) WHERE resumed_at IS NULL;

-- Work that touches many entries. What it has begun is in job_item, so that a step that died is not counted twice.
CREATE TABLE waybill.job (
  id          uuid        PRIMARY KEY,
  kind        text        NOT NULL CHECK (kind IN ('redrive', 'replay')),
  consumer    text        NOT NULL,
  selection   jsonb       NOT NULL,
  pace        jsonb       NOT NULL,
  reason      text        NOT NULL,
  actor       text        NOT NULL,
  approved_by text,
  state       text        NOT NULL CHECK (state IN ('running', 'paused', 'stopped', 'cancelled', 'done')),
  note        text,
  total       bigint      NOT NULL,
  taken       bigint      NOT NULL DEFAULT 0,
  passed_over bigint      NOT NULL DEFAULT 0,
  checkpoint  jsonb       NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  stepped_at  timestamptz,
  ended_at    timestamptz);
CREATE TABLE waybill.job_item (
  job       uuid   NOT NULL REFERENCES waybill.job,
  parked_id bigint NOT NULL,
  outcome   text   CHECK (outcome IN ('failed', 'skipped')),
  PRIMARY KEY (job, parked_id));

-- What one person asked for and another must agree to.
CREATE TABLE waybill.approval (
  id         uuid        PRIMARY KEY,
  operation  text        NOT NULL,
  target     text        NOT NULL,
  request    jsonb       NOT NULL,
  reason     text        NOT NULL,
  actor      text        NOT NULL,
  asked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  until      timestamptz NOT NULL,
  state      text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'rejected')),
  decided_by text,
  decided_at timestamptz,
  note       text);
CREATE INDEX approval_waiting ON waybill.approval (asked_at) WHERE state = 'waiting';

-- Tokens that were used for a command; each serves once.
CREATE TABLE waybill.used_token (
  id    text        PRIMARY KEY,
  until timestamptz NOT NULL);
`,
};
