import { describe, expect, it } from 'vitest';
import { countReport, plainCount, type VitestReport } from '../../src/verification/count.ts';
import { suiteProblem, totalCount } from '../../src/verification/outcome.ts';
import { groups, parts, selectParts } from '../../src/verification/parts.ts';

function report(...files: { status: string; tests: string[] }[]): VitestReport {
  return {
    success: files.every(({ status }) => status === 'passed'),
    testResults: files.map(({ status, tests }, index) => ({
      name: `file-${index}`,
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  };
}

describe('the count of tests', () => {
  it('counts passed, failed and skipped tests over all files', () => {
    const count = countReport(
      report(
        { status: 'failed', tests: ['passed', 'failed', 'todo'] },
        { status: 'passed', tests: ['passed', 'pending'] },
      ),
    );
    expect(count).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file that could not be loaded as one failed test', () => {
    expect(countReport(report({ status: 'failed', tests: [] }))).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts a file whose hook failed after its tests passed as one failed test', () => {
    expect(countReport(report({ status: 'failed', tests: ['passed'] }))).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('is one plain line that names skipped tests only where there are some', () => {
    expect(plainCount({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(plainCount({ passed: 1, failed: 2, skipped: 3 })).toBe('1 passed, 2 failed, 3 skipped');
  });

  it('adds up the parts', () => {
    const [first, second] = parts;
    if (first === undefined || second === undefined) throw new Error('There are no parts.');
    const outcomes = [
      { part: first, count: { passed: 1, failed: 0, skipped: 1 }, problem: undefined },
      { part: second, count: { passed: 2, failed: 3, skipped: 0 }, problem: '3 failed' },
    ];
    expect(totalCount(outcomes)).toEqual({ passed: 3, failed: 3, skipped: 1 });
  });
});

describe('a suite', () => {
  it('fails when a test failed', () => {
    expect(suiteProblem(0, { passed: 9, failed: 1, skipped: 0 })).toBe('1 failed');
  });

  it('fails when no test ran', () => {
    expect(suiteProblem(0, { passed: 0, failed: 0, skipped: 4 })).toContain('no test ran');
  });

  it('fails when its command failed though every reported test passed', () => {
    expect(suiteProblem(1, { passed: 9, failed: 0, skipped: 0 })).toContain('status 1');
  });

  it('passes otherwise', () => {
    expect(suiteProblem(0, { passed: 9, failed: 0, skipped: 1 })).toBeUndefined();
  });
});

describe('the parts', () => {
  it('are all run when none is asked for, but the one that needs a browser', () => {
    expect(selectParts([])).toEqual(parts.filter(({ group }) => group !== 'console'));
  });

  it.each(groups)('can be run by the group %s alone', (group) => {
    const selected = selectParts([group]);
    expect(selected.length).toBeGreaterThan(0);
    expect(new Set(selected.map((part) => part.group))).toEqual(new Set([group]));
  });
});
