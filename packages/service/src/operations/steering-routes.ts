import { randomUUID } from 'node:crypto';
import { activePauses, beginPause, endPause, type PauseScope, resetPositions, wakeRelays } from '@waybill/postgres';
import { problem } from '../http/problem.ts';
import type { ServedEndpoint } from '../http/routes.ts';
import { commanding, consumerNamed, type Desk, reading } from './desk.ts';
import * as endpoints from './endpoints.ts';
import { overviewOf } from './overview.ts';
import { noteDone } from './performed.ts';
import { pauseView } from './views.ts';

/** How the service stands, and what is made to stand still. */
export function steeringRoutes(desk: Desk): readonly ServedEndpoint[] {
  const { db } = desk;
  return [
    reading(endpoints.getOverview, 'read', async () => ({ status: 200, body: await overviewOf(desk) })),
    reading(endpoints.getPauses, 'read', async () => {
      const pauses = await activePauses(db);
      return { status: 200, body: { pauses: pauses.map(pauseView) } };
    }),
    commanding(desk, endpoints.postPause, 'pause', async (tx, { body }, { actor }) => {
      const { scope, name, mode, reason, minutes } = body;
      if (scope === 'consumer') consumerNamed(desk, name);
      const until = new Date(Date.now() + minutes * 60_000);
      const id = await beginPause(tx, { id: randomUUID(), scope, name, mode, reason, actor, minutes });
      if (scope === 'relay') await wakeRelays(tx);
      const performed = {
        action: 'pause.begin',
        target: `${scope}/${name}`,
        reason,
        details: { pause: id, minutes, mode },
        result: mode === 'drain' ? 'draining' : 'paused',
        told: stoodStill(desk, scope, name).map((one) => ({ what: 'paused' as const, ...one, until })),
      };
      return noteDone(tx, { actor, approvedBy: undefined }, performed, desk.facts);
    }),
    commanding(desk, endpoints.postResume, 'pause', async (tx, { params: { id }, body: { reason } }, { actor }) => {
      const ended = await endPause(tx, id, actor);
      if (ended === undefined) throw problem(404, { code: 'ops.no-pause', detail: 'There is no such pause in force.' });
      if (ended.scope === 'relay') await wakeRelays(tx);
      const performed = {
        action: 'pause.end',
        target: `${ended.scope}/${ended.name}`,
        reason,
        details: { pause: id },
        result: 'resumed',
        told: stoodStill(desk, ended.scope, ended.name).map((one) => ({ what: 'resumed' as const, ...one })),
      };
      return noteDone(tx, { actor, approvedBy: undefined }, performed, desk.facts);
    }),
    commanding(desk, endpoints.postOffsets, 'pause', async (tx, { params: { name }, body }, { actor }) => {
      consumerNamed(desk, name);
      const pauses = await activePauses(tx);
      if (!pauses.some((pause) => pause.scope === 'consumer' && pause.name === name)) {
        throw problem(409, {
          code: 'ops.not-paused',
          detail: `Pause ${name} first: positions are only set while nobody reads.`,
        });
      }
      const changed = await resetPositions(tx, name, body.topic, body.positions);
      if (changed.length < body.positions.length) {
        throw problem(409, {
          code: 'ops.no-position',
          detail: `${name} has no position in a partition that you named. Compare the topic and its partitions.`,
        });
      }
      const details = { topic: body.topic, positions: body.positions, before: changed };
      const performed = {
        action: 'consumer.offsets',
        target: `consumer/${name}`,
        reason: body.reason,
        details,
        result: 'set',
      };
      return noteDone(tx, { actor, approvedBy: undefined }, performed);
    }),
  ];
}

/** The consumers that a pause has stand still. A relay is none: what it would tell of itself would wait for itself. */
function stoodStill({ definitions }: Desk, scope: PauseScope, name: string) {
  switch (scope) {
    case 'consumer':
      return [{ consumer: name }];
    case 'dependency':
      return definitions
        .filter(({ handlers }) => handlers.some(({ external }) => external?.dependency === name))
        .map((definition) => ({ consumer: definition.name, dependency: name }));
    case 'relay':
      return [];
  }
}
