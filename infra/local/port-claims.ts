import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Longer than any server takes from the choice of its port until it listens there. */
const claimMs = 60_000;

const directory = join(tmpdir(), `waybill-ports-${userInfo().uid}`);

/**
 * Whether this process may take a port that nothing listens on yet. Between the choice of a port and the first listening
 * lie seconds, in which another environment of this machine would choose the same; so who chooses one says so first.
 */
export function claimPort(port: number): boolean {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, String(port));
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  if (isClaimedByAnother(file)) return false;
  writeFileSync(file, String(process.pid));
  return true;
}

function isClaimedByAnother(file: string): boolean {
  try {
    const claimant = Number(readFileSync(file, 'utf8'));
    return claimant !== process.pid && Date.now() - statSync(file).mtimeMs < claimMs && isAlive(claimant);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
