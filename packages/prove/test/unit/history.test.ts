import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { openHistory } from '../../src/history/history.ts';

const directory = mkdtempSync(join(tmpdir(), 'waybill-history-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('a history', () => {
  it('has each line with its time and process as soon as it was noted', () => {
    const file = join(directory, 'one', 'east-1.0.jsonl');
    const history = openHistory(file, 'east-1', () => 7);
    history.note({ kind: 'end', operation: 'east-1.0.1', outcome: 'ok' });
    expect(readFileSync(file, 'utf8')).toBe(
      '{"at":7,"process":"east-1","kind":"end","operation":"east-1.0.1","outcome":"ok"}\n',
    );
    history.close();
  });

  it('keeps what a process noted that was killed in the next moment', () => {
    const file = join(directory, 'killed.jsonl');
    const source = `
      import { openHistory } from ${JSON.stringify(new URL('../../src/history/history.ts', import.meta.url).href)};
      const history = openHistory(${JSON.stringify(file)}, 'east-1');
      history.note({ kind: 'begin', operation: 'one', form: 'plain', accounts: [] });
      process.kill(process.pid, 'SIGKILL');`;
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', source]);
    expect(signal).toBe('SIGKILL');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ kind: 'begin', operation: 'one' });
  });
});
