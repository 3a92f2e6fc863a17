import type { ConsumerDefinition, ConsumerState } from '@waybill/messaging';
import type { FlowNow } from '../operations/flow-api.ts';

/**
 * Whether the backlog of a consumer that matters has waited longer than its objective allows: of the most important such
 * one, its criticality. `nearly` while one has waited for more than half of it.
 */
export type Lateness = 'none' | 'nearly' | 'normal' | 'critical';

/** A consumer of this process, and how its flow does. */
export interface ObservedConsumer {
  readonly definition: Pick<ConsumerDefinition, 'criticality' | 'objective'>;
  readonly state: ConsumerState;
  readonly flow: Pick<FlowNow, 'at' | 'lagMs'> | undefined;
}

/** Of what was sampled longer ago nobody knows how it is now, in milliseconds. */
const freshMs = 30_000;

/**
 * @param now Milliseconds since 1970.
 * @returns also when that was found out: whoever yields is given until the next sample to make a difference.
 */
export function latenessOf(
  consumers: readonly ObservedConsumer[],
  now: number,
): { readonly lateness: Lateness; readonly at: string | undefined } {
  const looked = consumers.flatMap(({ definition, state, flow }) => {
    const { criticality, objective } = definition;
    // What stands still gains nothing when others stand still too.
    const counts = criticality !== 'deferrable' && state === 'consuming';
    if (!counts || flow?.lagMs === undefined || now - Date.parse(flow.at) > freshMs) return [];
    return [{ criticality, at: flow.at, share: flow.lagMs / objective.visibleWithinMs }];
  });
  const late = looked.filter(({ share }) => share > 1);
  const worst = late.find(({ criticality }) => criticality === 'critical') ?? late[0];
  if (worst !== undefined) return { lateness: worst.criticality, at: worst.at };
  return { lateness: looked.some(({ share }) => share > 0.5) ? 'nearly' : 'none', at: undefined };
}
