export * from './consuming/inbox-store.ts';
export * from './consuming/maintenance.ts';
export * from './consuming/transient-error.ts';
export * from './migrate.ts';
export * from './migrations/index.ts';
export * from './transaction.ts';
