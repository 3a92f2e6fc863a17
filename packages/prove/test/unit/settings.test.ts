import { describe, expect, it } from 'vitest';
import { faultForms } from '../../src/faults/schedule.ts';
import { faultFormsOf, minutesOf, seedOf } from '../../src/settings.ts';

describe('the settings of a run', () => {
  it('take minutes, a seed and a list of faults', () => {
    expect([minutesOf('2'), minutesOf('0.5'), seedOf('run-7')]).toEqual([2, 0.5, 'run-7']);
    expect(faultFormsOf('stop, kill')).toEqual(['kill', 'stop']);
  });

  it.each(['', '0', '241', 'ten', '-1', 'NaN'])('refuse %j minutes, and say what would do', (text) => {
    expect(() => minutesOf(text)).toThrow('--minutes must be a number from 0.5 to 240');
  });

  it.each(['', '../etc', 'a b', '-x', 'x'.repeat(41)])('refuse the seed %j, which names a directory', (text) => {
    expect(() => seedOf(text)).toThrow('--seed must be');
  });

  it('name a fault that there is not, and list those that there are', () => {
    expect(() => faultFormsOf('kill,earthquake')).toThrow(
      `--faults does not know earthquake. Give a comma list of ${faultForms.join(', ')}.`,
    );
    expect(() => faultFormsOf(' , ')).toThrow('--faults is empty');
  });
});
