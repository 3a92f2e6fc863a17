import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../workspace.ts';
import { countReport, type TestCount, type VitestReport } from './count.ts';
import type { Suite } from './parts.ts';

/** Where each workspace leaves its report, relative to itself; `turbo.json` declares it as the task's output. */
export function reportFile(suite: Suite): string {
  return `.waybill/results/${suite.group}.json`;
}

/** Takes away reports of an earlier run, so that none of them can be counted again. */
export function removeReports(suite: Suite, tested: readonly Workspace[]): void {
  for (const { directory } of tested) {
    for (const file of [reportFile(suite), ...(suite.story === undefined ? [] : [suite.story])])
      rmSync(join(directory, file), { force: true });
  }
}

/** The whole lines of a workspace's story so far. */
export function readStory(directory: string, story: string): readonly string[] {
  const file = join(directory, story);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

/** The count of one workspace, or undefined while it has not left a report. */
export function readCount(suite: Suite, workspace: Workspace): TestCount | undefined {
  const file = join(workspace.directory, reportFile(suite));
  if (!existsSync(file)) return undefined;
  try {
    return countReport(JSON.parse(readFileSync(file, 'utf8')) as VitestReport);
  } catch {
    // It is being written at this moment.
    return undefined;
  }
}
