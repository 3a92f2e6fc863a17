import type { PauseView } from '@waybill/service/operations';
import { ago, ahead } from './duration.ts';
import { printableParts } from './printable.ts';
import type { View } from './view.ts';

/** What stands still in a service because somebody said so. */
export function pausesLines(service: string, pauses: readonly PauseView[], { now }: View): readonly string[] {
  if (pauses.length === 0) return [`Nothing is paused in ${service}.`];
  return printableParts(pauses).map(
    ({ id, scope, name, mode, reason, actor, pausedAt, until }) =>
      `${scope} ${name}, ${mode === 'drain' ? 'drained' : 'paused'} by ${actor} ${ago(pausedAt, now)}, goes on ${ahead(until, now)}: ${reason}  ${id}`,
  );
}
