import { isStale } from '../prepared-statements.ts';

const CONFLICTS = new Set(['40001', '40P01', '55P03']);
const NODE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
const CLIENT_MESSAGES = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect/,
  /^Client has encountered a connection error/,
];

/**
 * Whether the same work may pass when it is run again: a deadlock, a serialisation failure, a lost connection, a prepared
 * statement that a change of its tables has made useless
 * (SQLSTATE classes 08 and 57P, "PostgreSQL Error Codes").
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (CONFLICTS.has(code) || NODE_CODES.has(code)) return true;
  if (isStale(error) || code.startsWith('08') || code.startsWith('57P') || code === '53300') return true;
  return CLIENT_MESSAGES.some((pattern) => pattern.test(error.message));
}
