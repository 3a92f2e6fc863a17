import type { BatchCommitted } from '@waybill/messaging';
import type { KillSettings } from './settings.ts';

export interface KillSwitchOptions {
  readonly settings: KillSettings;
  /** Whether a death now makes the log deliver something again that was handled. */
  readonly wouldRepeat: (commit: BatchCommitted) => boolean;
  /** Whether it was done already, by this process's predecessor. */
  readonly done: () => boolean;
  /** Writes down that it is done, and ends the process at once. */
  readonly kill: () => void;
}

/**
 * Listens to commits, and kills at the first one of the consumer after `afterCommits` at which something would be
 * delivered again; once in all.
 */
export function killSwitch({ settings, wouldRepeat, done, kill }: KillSwitchOptions): (commit: BatchCommitted) => void {
  let commits = 0;
  let armed = !done();
  return (commit) => {
    if (!armed || commit.consumer !== settings.consumer || commit.count === 0) return;
    commits += 1;
    if (commits <= settings.afterCommits || !wouldRepeat(commit)) return;
    armed = false;
    kill();
  };
}
