/** An error of the in-memory database, with PostgreSQL's code for the same ("PostgreSQL Error Codes"). */
export class MemoryDatabaseError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'MemoryDatabaseError';
    this.code = code;
  }
}

export const deadlockDetected = (): Error => new MemoryDatabaseError('40P01', 'deadlock detected');
export const connectionLost = (): Error => new MemoryDatabaseError('08006', 'Connection terminated unexpectedly');
export const cannotConnect = (): Error => new MemoryDatabaseError('08001', 'the database does not accept connections');
export const transactionFailed = (): Error =>
  new MemoryDatabaseError('25P02', 'current transaction is aborted, commands ignored until end of transaction block');
export const uniqueViolation = (table: string, key: string): Error =>
  new MemoryDatabaseError('23505', `duplicate key value violates unique constraint of ${table}: ${key}`);

const CONFLICTS = new Set(['40001', '40P01', '55P03']);

/** Whether the same work may pass when it is run again. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return CONFLICTS.has(error.code) || error.code.startsWith('08') || error.code.startsWith('57P');
}
