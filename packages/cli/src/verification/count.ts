/** The plain count of tests. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const nothingCounted: TestCount = { passed: 0, failed: 0, skipped: 0 };

/** What is read of a report of vitest's `json` reporter. */
export interface VitestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Counts a vitest report. A file that failed without a failed test in it (it could not be loaded, or a hook of it
 * threw) counts as one failed test, so that it can never be lost.
 */
export function countReport(report: VitestReport): TestCount {
  return report.testResults.map(countFile).reduce(addCounts, nothingCounted);
}

function countFile(file: VitestReport['testResults'][number]): TestCount {
  const withStatus = (...statuses: string[]) =>
    file.assertionResults.filter(({ status }) => statuses.includes(status)).length;
  const failed = withStatus('failed');
  return {
    passed: withStatus('passed'),
    failed: failed === 0 && file.status === 'failed' ? 1 : failed,
    skipped: withStatus('pending', 'skipped', 'todo', 'disabled'),
  };
}

export function addCounts(a: TestCount, b: TestCount): TestCount {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** `12 passed, 0 failed`, and `, 3 skipped` where there are any. */
export function plainCount(count: TestCount): string {
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  return `${count.passed} passed, ${count.failed} failed${skipped}`;
}
