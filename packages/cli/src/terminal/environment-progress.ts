import type { ProgressStep } from '@waybill/infra';
import type { Screen } from './screen.ts';

/** Shows how an environment comes up: a line for each step, and downloads as a text that overwrites itself. */
export function showProgress(screen: Screen): (step: ProgressStep) => void {
  const lastPercent = new Map<string, number>();
  return (step) => {
    if (step.kind === 'state') {
      screen.line(`   ${step.component} ${step.state}${step.detail === undefined ? '' : ` (${step.detail})`}`);
      return;
    }
    const percent = step.totalBytes > 0 ? Math.floor((100 * step.receivedBytes) / step.totalBytes) : 0;
    const megabytes = (step.receivedBytes / 1e6).toFixed(1);
    screen.transient(`   fetching ${step.what}: ${megabytes} MB, ${percent}%`);
    // A pipe gets a line per quarter, so that a log shows that it moves without drowning in it.
    const quarter = Math.floor(percent / 25) * 25;
    if (!screen.terminal && lastPercent.get(step.what) !== quarter)
      screen.line(`   fetching ${step.what}: ${quarter}%`);
    lastPercent.set(step.what, quarter);
  };
}
