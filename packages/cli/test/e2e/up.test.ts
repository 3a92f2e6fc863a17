import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const stateDirectory = mkdtempSync(join(tmpdir(), 'waybill-e2e-'));

interface Run {
  readonly exitCode: number | null;
  readonly lines: readonly string[];
  readonly messages: string;
}

function waybill(...args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, WAYBILL_STATE_DIR: stateDirectory },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: string[] = [];
    const messages: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => messages.push(chunk.toString()));
    child.once('close', (exitCode) =>
      resolve({ exitCode, lines: out.join('').trimEnd().split('\n'), messages: messages.join('') }),
    );
  });
}

afterAll(() => rmSync(stateDirectory, { recursive: true, force: true }));

describe('waybill up', () => {
  it('turns purchases into ended orders with a service killed and records held back, and nothing is lost', async () => {
    const run = await waybill('up', '--orders', '100', '--once', '--json');
    expect(JSON.parse(run.lines.at(-1) ?? '{}')).toMatchObject({
      orders: 100,
      pending: 0,
      lost: 0,
      invented: 0,
      duplicateEffects: 0,
      verdict: 'valid',
    });
    expect(run.exitCode).toBe(0);
  });

  it('says which line of its data is wrong before it starts anything', async () => {
    const run = await waybill('up', '--data', main, '--once');
    expect(run.exitCode).toBe(1);
    expect(run.messages).toContain('line 1: the header must be date,customer_id,quantity,amount_usd');
    expect(run.lines).toEqual(['']);
  });
});
