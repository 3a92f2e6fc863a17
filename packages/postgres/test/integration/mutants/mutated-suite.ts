import { flushCompileCache } from 'node:module';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import type { TestApi } from '@waybill/testing';
import { loadMutant } from '@waybill/testing/mutants';
import type { SqlMutant } from './sql-mutant.ts';

/** What became of the test that must find the mistake. */
export interface Finding {
  readonly isLoaded: boolean;
  /** How many tests have the title. */
  readonly ran: number;
  readonly failure: { readonly message: string; readonly code: string | undefined } | undefined;
}

/** What the process is started with, as JSON in its first argument. */
export interface Assignment {
  readonly mutant: SqlMutant;
  /** The name of a database with the tables as they should be; made with the mistake when left out. */
  readonly migrated: string | undefined;
}

const { mutant, migrated } = JSON.parse(process.argv[2] ?? '{}') as Assignment;
const isLoaded = loadMutant(mutant);
// After the mistake is in place, in which everything is loaded from now on.
const { inboxConformance, outboxConformance, relayStoreConformance } = await import('@waybill/testing');
const { migratedDatabase, openCopy } = await import('../postgres-workbench.ts');

// As the test runner puts its own together; that one cannot be had outside of a run.
for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
const matchers: unknown = Reflect.get(globalThis, ASYMMETRIC_MATCHERS_OBJECT);
const expect = Object.assign(chai.expect, matchers);
setState({ assertionCalls: 0, isExpectingAssertions: false }, expect as never);

const tests: (() => Promise<void>)[] = [];
const api = {
  describe: (_: string, define: () => void) => define(),
  it(title: string, test: () => Promise<void>) {
    if (title === mutant.found) tests.push(test);
  },
  expect,
} as unknown as TestApi;

const tables = migrated === undefined ? await migratedDatabase() : { name: migrated, drop: async () => undefined };
// Whoever started this ends it without waiting, and the next process is to load what this one has compiled.
flushCompileCache();
const workbench = { open: async () => openCopy(tables) };
for (const suite of [inboxConformance, outboxConformance, relayStoreConformance]) suite(api, 'mutant', () => workbench);

let failure: Finding['failure'];
for (const test of tests) failure ??= await outcomeOf(test);
await tables.drop();
const finding: Finding = { isLoaded: isLoaded(), ran: tests.length, failure };
process.send?.(finding);
process.disconnect();

async function outcomeOf(test: () => Promise<void>): Promise<Finding['failure']> {
  try {
    await test();
    return undefined;
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    return { message, code };
  }
}
