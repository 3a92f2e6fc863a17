import type { JobView } from '@waybill/service/operations';
import type { ReactElement } from 'react';
import { jobShares } from './bulk-summary.ts';

/** How far a job is: done, failed, passed over and left, as one bar. */
export function JobProgress({ job }: { readonly job: JobView }): ReactElement {
  const { done, failed, passed, left } = jobShares(job);
  const total = Math.max(1, done + failed + passed + left);
  const label = `${done} done, ${failed} failed again, ${passed} passed over, ${left} left of ${job.total}`;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={total - left}
      aria-valuetext={label}
      title={label}
    >
      <span className="progress-done" style={{ width: `${(done / total) * 100}%` }} />
      <span className="progress-failed" style={{ width: `${(failed / total) * 100}%` }} />
      <span className="progress-passed" style={{ width: `${(passed / total) * 100}%` }} />
    </div>
  );
}
