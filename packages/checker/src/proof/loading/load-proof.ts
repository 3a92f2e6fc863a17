import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bodyDecoder } from '../../loading/bodies.ts';
import { readDatabase } from '../../loading/rows.ts';
import { readTopics } from '../../loading/topics.ts';
import type { Audit, ProofEvidence, ProofTables } from '../evidence.ts';
import { type History, readHistory } from '../history.ts';
import { proofTopics } from '../subscriptions.ts';
import { readProofTables } from './tables.ts';

/** Where a run of `waybill prove` left what it did. */
export interface ProofAddresses {
  /** Connection URL of each database, by its name. */
  readonly databases: Readonly<Record<string, string>>;
  readonly kafkaBrokers: readonly string[];
  readonly registryUrl: string;
  /** The directory of the histories. */
  readonly historyDir: string;
}

const noTables: ProofTables = {
  heads: [],
  outbox: [],
  effects: [],
  inbox: [],
  parked: [],
  entities: [],
  positions: [],
  cursorWrites: [],
  accounts: [],
  steps: [],
};

/**
 * Reads all that a run left behind. What cannot be read is named in `unread` and left empty; nothing is thrown for it.
 */
export async function loadProof(
  addresses: ProofAddresses,
  audits: readonly Audit[],
): Promise<ProofEvidence & Pick<History, 'load'>> {
  const unread: string[] = [];
  const attempt = async <T>(what: string, read: () => T | Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      unread.push(`${what}: ${error instanceof Error ? error.message || error.name : String(error)}`);
      return otherwise;
    }
  };
  const history = await attempt('the history', () => readHistory(filesOf(addresses.historyDir)), readHistory([]));
  if (history.broken > 0) unread.push(`the history: ${history.broken} lines are broken`);
  const decode = bodyDecoder(addresses.registryUrl);
  const records = await attempt('the topics', () => readTopics(addresses.kafkaBrokers, proofTopics, decode), []);
  const databases = new Map<string, ProofTables>();
  for (const [database, url] of Object.entries(addresses.databases)) {
    const read = () => readDatabase(url, (rows) => readProofTables(rows, database));
    databases.set(database, await attempt(`the tables of ${database}`, read, noTables));
  }
  const { operations, deliveries, faults, calls, load } = history;
  return { records, databases, operations, deliveries, faults, calls, audits, unread, load };
}

function filesOf(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readFileSync(join(directory, name), 'utf8'));
}
