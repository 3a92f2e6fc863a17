import type { ServiceName } from './fleet.ts';

export interface FaultPlan {
  readonly orders: number;
  readonly seed: number;
  /** Written by the service that kills itself. */
  readonly markerFile: string;
}

/** Milliseconds that a projection's record is withheld: three times as long as a gap is waited for. */
const withholdMs = 6000;

/**
 * What a service is to suffer, as the JSON that the faults of `@waybill/testing` read. Small runs are disturbed more
 * often, so that something happens in each. The one that is killed is orders, which serves requests meanwhile.
 */
export function faultsOf(service: ServiceName, { orders, seed, markerFile }: FaultPlan): string {
  const withholdOneOf = Math.max(6, Math.min(60, Math.round(orders / 8)));
  return JSON.stringify({
    seed,
    delayOneOf: Math.max(8, Math.min(40, Math.round(orders / 8))),
    delayMs: [300, 1500],
    withholdOneOf,
    withholdMs,
    ...(service === 'orders'
      ? { kill: { consumer: 'orders.fulfilment', afterCommits: Math.min(20, Math.round(orders / 10)), markerFile } }
      : {}),
  });
}
