import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StatusEntry } from '@waybill/infra';
import type { Program } from './fleet.ts';

const file = (stateDir: string) => join(stateDir, 'services.json');

/** Writes down what runs where, for `waybill status`; again whenever a program was started anew. */
export function writeFleet(stateDir: string, running: readonly { program: Program; pid: number | undefined }[]): void {
  const since = new Date().toISOString();
  const entries = running.map(({ program, pid }) => ({ component: program.name, pid, address: program.url, since }));
  writeFileSync(file(stateDir), JSON.stringify(entries));
}

export function forgetFleet(stateDir: string): void {
  rmSync(file(stateDir), { force: true });
  rmSync(secretFile(stateDir), { force: true });
}

const secretFile = (stateDir: string) => join(stateDir, 'ops-secret');

/** Makes the operations secret of a run, for its services, its console and the commands of whoever owns this directory. */
export function makeOperationsSecret(stateDir: string): string {
  const secret = randomBytes(32).toString('hex');
  rmSync(secretFile(stateDir), { force: true });
  writeFileSync(secretFile(stateDir), secret, { mode: 0o600 });
  return secret;
}

/** What was written down, and whether its process is still there. */
export function readFleet(stateDir: string): readonly StatusEntry[] {
  if (!existsSync(file(stateDir))) return [];
  const entries = JSON.parse(readFileSync(file(stateDir), 'utf8')) as Omit<StatusEntry, 'state'>[];
  return entries.map((entry) => ({ ...entry, state: isAlive(entry.pid) ? 'running' : 'stopped' }));
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
