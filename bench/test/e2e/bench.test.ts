import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Report {
  readonly results: readonly {
    readonly measure: string;
    readonly contestant: string;
    readonly value: number;
    readonly unit: string;
    readonly spread: { readonly min: number; readonly max: number };
    readonly flaws?: readonly string[];
  }[];
  readonly targets: readonly {
    readonly name: string;
    readonly goal: string;
    readonly measured: string;
    readonly met: boolean;
  }[];
}

describe('./waybill bench', () => {
  let state: string;
  let report: Report;

  beforeAll(async () => {
    state = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
    const { stdout } = await run(
      join(root, 'waybill'),
      ['bench', 'relay', '--quick', '--json', '--against', 'naive-10ms,kafkajs-tuned'],
      { env: { ...process.env, WAYBILL_STATE_DIR: state } },
    );
    report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Report;
  }, 300_000);

  afterAll(() => rmSync(state, { recursive: true, force: true }));

  it('ends with one object that holds each figure with its unit and spread', () => {
    const drained = report.results.filter(({ measure }) => measure === 'drain');
    expect(drained.map(({ contestant }) => contestant)).toEqual(['waybill', 'naive-10ms', 'kafkajs-tuned']);
    for (const { value, unit, spread } of drained) {
      expect(value).toBeGreaterThan(0);
      expect(unit).toBe('events/s');
      expect(spread.min).toBeLessThanOrEqual(value);
      expect(spread.max).toBeGreaterThanOrEqual(value);
    }
  });

  it('holds the figures against the targets that they decide', () => {
    expect(report.targets.map(({ name, goal }) => [name, goal])).toEqual([
      ['drain against the best rival that loses nothing', 'at least 3 times'],
      ['drain against raw produce with the same client and headers', 'at least 0.7 times'],
    ]);
  });

  it('finds that every contestant brought each event once and in order', () => {
    expect(report.results.flatMap(({ contestant, flaws = [] }) => flaws.map((flaw) => [contestant, flaw]))).toEqual([]);
  });
});
