import { commandResult, endPause, type PauseView, pauseView, startPause } from '@waybill/service/operations';
import { listIn } from './answers.ts';
import { checked } from './checked.ts';
import type { OperationsClient } from './client.ts';
import { UsageError } from './errors.ts';
import { commanded, type Outcome } from './outcome.ts';
import { pausesLines } from './printing/pause-lines.ts';
import type { View } from './printing/view.ts';

/** Has a consumer, everything that touches a dependency, or the relay stand still for so many minutes, or a consumer drain. */
export async function pauseFlow(
  client: OperationsClient,
  request: {
    readonly scope: string;
    readonly name: string;
    readonly mode: 'stop' | 'drain';
    readonly reason: string;
    readonly minutes: number;
  },
): Promise<Outcome> {
  const result = await client.post('/pauses', checked(startPause, request), commandResult);
  const { scope, name, mode, minutes } = request;
  const done =
    mode === 'drain'
      ? `${scope} ${name} takes nothing new for ${minutes} min, and works off what is parked`
      : `${scope} ${name} is paused for ${minutes} min`;
  return commanded(client.service, result, done);
}

/** Has what a pause holds go on. @throws UsageError that lists the pauses there are, when none or several are meant. */
export async function resumeFlow(
  client: OperationsClient,
  idOrName: string,
  reason: string | undefined,
  view: View,
): Promise<Outcome> {
  const pauses = await client.get('/pauses', listIn('pauses', pauseView));
  const { id, scope, name } = pauseMeant(client.service, pauses, idOrName, view);
  const body = checked(endPause, reason === undefined ? {} : { reason });
  const result = await client.post(`/pauses/${id}/resume`, body, commandResult);
  return commanded(client.service, result, `${scope} ${name} goes on`);
}

/** The pause with this id, or the only one of this name. */
export function pauseMeant(service: string, pauses: readonly PauseView[], idOrName: string, view: View): PauseView {
  const named = pauses.filter(({ id, name }) => id === idOrName || name === idOrName);
  const [pause] = named;
  if (pause !== undefined && named.length === 1) return pause;
  const problem =
    pause === undefined
      ? `${service} has no pause ${JSON.stringify(idOrName)}.`
      : 'Several have this name; give the id.';
  throw new UsageError([problem, ...pausesLines(service, pauses, view)].join('\n'));
}
