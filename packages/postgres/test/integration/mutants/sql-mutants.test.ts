import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from '@waybill/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migratedDatabase } from '../postgres-workbench.ts';
import { consumingMutants } from './consuming-mutants.ts';
import type { Assignment, Finding } from './mutated-suite.ts';
import { publishingMutants } from './publishing-mutants.ts';
import type { SqlMutant } from './sql-mutant.ts';

const mutants = [...publishingMutants, ...consumingMutants];

/** SQLSTATE class 42: the statement itself is wrong, which any test would find. */
const BROKEN_STATEMENT = /^42/;

let migrated: TestDatabase;
beforeAll(async () => {
  migrated = await migratedDatabase();
});
afterAll(() => migrated.drop());

describe('a mistake in the SQL', () => {
  it('is in the list once', () => {
    const names = mutants.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(40);
  });

  describe.concurrent('is found by the conformance suites', { timeout: 300_000 }, () => {
    const turns = inTurns(availableParallelism() + 1);
    it.each(mutants)('$name', async (mutant) => {
      const { isLoaded, ran, failure } = await turns(async () => findingOf(mutant));
      expect({ isLoaded, ran }, `${mutant.found}: is there one such test?`).toEqual({ isLoaded: true, ran: 1 });
      expect(failure, `nothing failed, although ${mutant.why}`).toBeDefined();
      expect(failure?.code ?? '', failure?.message).not.toMatch(BROKEN_STATEMENT);
    });
  });
});

async function findingOf(mutant: SqlMutant): Promise<Finding> {
  const assignment: Assignment = {
    mutant,
    migrated: mutant.file.includes('/migrations/') ? undefined : migrated.name,
  };
  // A process of its own: the mistake must be in place before anything is loaded.
  const child = fork(fileURLToPath(new URL('./mutated-suite.ts', import.meta.url)), [JSON.stringify(assignment)]);
  try {
    return await new Promise<Finding>((resolve, reject) => {
      child.once('message', (finding) => resolve(finding as Finding));
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the process ended with status ${code} and no finding`)));
    });
  } finally {
    child.kill('SIGKILL');
  }
}

/** So many at a time. */
function inTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
