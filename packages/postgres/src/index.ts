export * from './migrate.ts';
export * from './migrations/index.ts';
export * from './transaction.ts';
