import { describe, expect, it } from 'vitest';
import { readHistory } from '../../src/proof/history.ts';
import { wasVisible } from '../../src/proof/snapshot.ts';

const line = (fields: object) => `${JSON.stringify({ at: 1, process: 'east-1', ...fields })}\n`;

describe('a history', () => {
  it('tells what became of an operation, and that nobody knows it of one whose process ended', () => {
    const begin = (operation: string) => line({ kind: 'begin', operation, form: 'plain', accounts: ['a'] });
    const file = begin('one') + line({ kind: 'end', operation: 'one', outcome: 'ok', at: 5 }) + begin('two');
    expect(readHistory([file]).operations).toMatchObject([
      { id: 'one', outcome: 'ok', endedAt: 5, accounts: ['a'] },
      { id: 'two', outcome: 'unknown', endedAt: undefined },
    ]);
  });

  it('leaves out a last line that was not finished, and counts any other that is broken', () => {
    const file = line({ kind: 'call', port: 'letters', key: 'k' });
    expect(readHistory([`${file}{"kind":"call","po`])).toMatchObject({ broken: 0, calls: [{ key: 'k' }] });
    expect(readHistory([`{"kind":\n${file}`]).broken).toBe(1);
  });

  it('puts the beginning and the end of a fault together', () => {
    const fault = { kind: 'fault', fault: 3, form: 'stop', target: 'east-1' };
    const file = line({ ...fault, phase: 'begin', at: 10 }) + line({ ...fault, phase: 'end', at: 20 });
    expect(readHistory([file]).faults).toEqual([{ id: 3, form: 'stop', target: 'east-1', beganAt: 10, endedAt: 20 }]);
  });
});

describe('a snapshot of a database', () => {
  it('sees what was over when it was taken, and nothing that ran or came later', () => {
    const visible = wasVisible('5:9:5,7');
    expect([4n, 5n, 6n, 7n, 8n, 9n].filter((xid) => visible(xid))).toEqual([4n, 6n, 8n]);
  });
});
