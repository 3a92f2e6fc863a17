import type { Migration } from '@waybill/service';
import { auditHeadsMigration } from './audit-heads/migration.ts';
import { eventIndexMigration } from './event-index/migration.ts';
import { failuresMigration } from './failures/migration.ts';

/** The console's own tables: who is logged in, which events there were, what failed, and where audit trails ended. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'session',
    // The columns are those that connect-pg-simple reads and writes.
    sql: `
      create table console_session (
        sid text primary key,
        sess jsonb not null,
        expire timestamptz not null
      );
      create index console_session_by_expiry on console_session (expire);
    `,
  },
  eventIndexMigration,
  failuresMigration,
  auditHeadsMigration,
];
