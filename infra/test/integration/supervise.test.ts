import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ProcessIdentity, identify, isAlive } from '../../local/process-identity.ts';
import { becomesReady } from '../../local/readiness.ts';
import { type ProcessExit, superviseProcess } from '../../local/supervise.ts';

const parentProgram = fileURLToPath(new URL('programs/parent.ts', import.meta.url));
const staysForEver = 'setInterval(() => {}, 1000);';
const ignoresSigterm = `process.on("SIGTERM", () => console.log("asked")); console.log("up"); ${staysForEver}`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waybill-'));
});
afterAll(() => rm(directory, { recursive: true }));

function ended(identity: ProcessIdentity, what: string): Promise<void> {
  return becomesReady({ what, deadlineMs: 10_000, check: () => Promise.resolve(!isAlive(identity)) });
}

function logHolds(path: string, text: RegExp): Promise<void> {
  return becomesReady({
    what: `${path} with ${text}`,
    deadlineMs: 10_000,
    check: async () => text.test(await readFile(path, 'utf8')),
  });
}

async function parentOf(program: string, log: string): Promise<{ parent: ChildProcess; child: ProcessIdentity }> {
  const parent = spawn(process.execPath, [parentProgram, log, program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = identify(Number(line.toString()));
  if (child === undefined) throw new Error(`no process has the pid ${line.toString()}`);
  return { parent, child };
}

describe('a supervised child', () => {
  test('ends when its parent is killed with -9, even when it ignores being asked to', async () => {
    const log = join(directory, 'stubborn.log');
    const { parent, child } = await parentOf(ignoresSigterm, log);
    await logHolds(log, /up/);
    parent.kill('SIGKILL');
    await ended(child, 'the end of the child');
    expect(await readFile(log, 'utf8')).toContain('asked');
  });

  test('takes its own children with it', async () => {
    const log = join(directory, 'family.log');
    const program = `
      const child = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(staysForEver)}], { stdio: "ignore" });
      console.log("grandchild " + child.pid + ".");
      ${staysForEver}`;
    const { parent } = await parentOf(program, log);
    await logHolds(log, /grandchild \d+\./);
    const grandchild = identify(Number(/grandchild (\d+)\./.exec(await readFile(log, 'utf8'))?.[1]));
    if (grandchild === undefined) throw new Error('the grandchild did not start');
    parent.kill('SIGKILL');
    await expect(ended(grandchild, 'the end of the grandchild')).resolves.toBeUndefined();
  });

  test('ends though it is suspended when its parent goes', async () => {
    const { parent, child } = await parentOf(staysForEver, join(directory, 'suspended.log'));
    process.kill(child.pid, 'SIGSTOP');
    parent.kill('SIGKILL');
    await expect(ended(child, 'the end of the suspended child')).resolves.toBeUndefined();
  });

  test('is told apart by its own pid, and its death by SIGKILL is reported once', async () => {
    const exits: ProcessExit[] = [];
    const child = await superviseProcess({
      name: 'victim',
      command: process.execPath,
      args: ['-e', 'console.log("pid " + process.pid + "."); ' + staysForEver],
      logFile: join(directory, 'victim.log'),
      onExit: (exit) => exits.push(exit),
    });
    await logHolds(join(directory, 'victim.log'), new RegExp(`pid ${child.pid}\\.`));
    process.kill(child.pid, 'SIGKILL');
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(exits).toHaveLength(1);
  });

  test('is stopped by its stop signal, and by force after the deadline', async () => {
    const start = (program: string, logFile: string) =>
      superviseProcess({
        name: 'child',
        command: process.execPath,
        args: ['-e', program],
        logFile,
        stopSignal: 'SIGTERM',
      });
    const polite = await start(
      `process.on("SIGTERM", () => process.exit(7)); console.log("up"); ${staysForEver}`,
      join(directory, 'polite.log'),
    );
    const stubborn = await start(ignoresSigterm, join(directory, 'stubborn-2.log'));
    await Promise.all([
      logHolds(join(directory, 'polite.log'), /up/),
      logHolds(join(directory, 'stubborn-2.log'), /up/),
    ]);
    expect(await polite.stop(5000)).toEqual({ code: 7, signal: null });
    expect(await stubborn.stop(200)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('gets the variables it is given, and not those that are taken away', async () => {
    const logFile = join(directory, 'variables.log');
    const child = await superviseProcess({
      name: 'child',
      command: process.execPath,
      args: ['-e', 'console.log(process.env.GIVEN, process.env.HOME)'],
      env: { GIVEN: 'yes', HOME: undefined },
      logFile,
    });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(await readFile(logFile, 'utf8')).toBe('yes undefined\n');
  });

  test('that cannot be started is an error with its name', async () => {
    const starting = superviseProcess({
      name: 'The ghost',
      command: join(directory, 'no-such-program'),
      args: [],
      logFile: join(directory, 'ghost.log'),
    });
    await expect(starting).rejects.toMatchObject({
      code: 'process.not-started',
      message: expect.stringContaining('The ghost'),
    });
  });
});
