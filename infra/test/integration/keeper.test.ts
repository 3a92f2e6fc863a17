import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { environmentStatus, stopEnvironment } from '../../environment/index.ts';
import { readState } from '../../environment/state.ts';
import { isAlive } from '../../local/process-identity.ts';
import { becomesReady } from '../../local/readiness.ts';

const userProgram = fileURLToPath(new URL('programs/user.ts', import.meta.url));
let stateDir: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'waybill-shared-'));
});
afterEach(() => {
  // One that a failing test left behind would hold the test run's own output open.
  for (const each of started.splice(0)) each.kill('SIGKILL');
});
afterAll(async () => {
  await stopEnvironment(stateDir);
  await rm(stateDir, { recursive: true, force: true });
});

/** Where a whole test run shares servers, these tests still want their own, and the same on every machine. */
function ownProcesses(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^WAYBILL_.*_(URL|BROKERS|OWNED)$/.test(name));
  return { ...Object.fromEntries(kept), WAYBILL_ENVIRONMENT: 'local' };
}

/** A process that joins the shared environment, tells its address, and stays. */
async function user(): Promise<{ readonly process: ChildProcess; readonly address: string }> {
  const process_ = spawn(process.execPath, [userProgram, stateDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: ownProcesses(process.env),
  });
  started.push(process_);
  const [line] = (await once(process_.stdout, 'data')) as [Buffer];
  return { process: process_, address: line.toString().trim() };
}

test('processes that start at once share one environment, which ends a little after the last of them, though that one was killed', async () => {
  const users = await Promise.all([user(), user(), user()]);
  expect(new Set(users.map((one) => one.address)).size).toBe(1);
  const keeper = readState(stateDir).running?.owner;
  if (keeper === undefined) throw new Error('nobody keeps the environment');

  users[0]?.process.kill('SIGKILL');
  const late = await user();
  expect(late.address).toBe(users[0]?.address);
  for (const one of [...users, late]) one.process.kill('SIGKILL');
  await becomesReady({
    what: 'The end of the keeper',
    deadlineMs: 45_000,
    check: () => Promise.resolve(!isAlive(keeper)),
  });
  expect(await environmentStatus(stateDir)).toEqual([]);
}, 120_000);

test('what is asked to stop from outside stops, and a killed owner leaves nothing behind', async () => {
  const one = await user();
  const { running } = readState(stateDir);
  if (running === undefined) throw new Error('nothing runs');
  process.kill(running.owner.pid, 'SIGKILL');
  await stopEnvironment(stateDir);
  const processes = running.components.flatMap((component) => component.process ?? []);
  expect(processes).not.toHaveLength(0);
  expect(processes.filter(isAlive)).toEqual([]);
  one.process.kill('SIGKILL');
}, 120_000);
