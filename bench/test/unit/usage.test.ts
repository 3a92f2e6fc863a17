import { describe, expect, it } from 'vitest';
import { parseStat, usageOf } from '../../src/process/usage.ts';

describe('the usage of a process', () => {
  it('is read past a command name with blanks and parentheses', () => {
    const after = ['S', '42', ...Array.from({ length: 9 }, () => '0'), '70', '30', '5', '1'];
    const text = `7 (a (b) c) ${[...after, ...Array.from({ length: 6 }, () => '0'), '2500'].join(' ')}`;
    expect(parseStat(text)).toEqual({ parent: 42, ticks: 106, pages: 2500 });
  });

  it('counts time and memory of this process', () => {
    const usage = usageOf(process.pid);
    expect(usage.cpuSeconds).toBeGreaterThan(0);
    expect(usage.peakRssMb).toBeGreaterThanOrEqual(usage.rssMb * 0.5);
  });

  it('is nothing for a process that is gone', () => {
    expect(usageOf(2 ** 22 + 1)).toEqual({ cpuSeconds: 0, rssMb: 0, peakRssMb: 0 });
  });
});
