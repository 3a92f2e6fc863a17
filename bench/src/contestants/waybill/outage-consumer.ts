import { onExternal, RetryableError } from '@waybill/messaging';
import { measuredContract } from '../../world/event.ts';
import type { Place } from '../../world/place.ts';
import type { OutageContestant } from '../contestant.ts';
import { callShop, type ShopAddress } from '../shop-call.ts';
import { consuming, consumerPool } from './consumer.ts';

/** The dependency declared, as the guide says. */
export const waybillOutage = calling(
  'waybill',
  '`onExternal` with the dependency declared: a circuit breaker stands around it; all settings at their defaults',
  { dependency: 'shop' },
);

/** Nothing said of the dependency: each event is retried for itself. */
export const undeclaredOutage = calling(
  'waybill-undeclared',
  'the same without a word of the dependency: each entity retries its first event by itself, dead after 12 attempts',
  {},
);

function calling(name: string, what: string, declared: { readonly dependency?: string }): OutageContestant {
  return {
    name,
    role: 'ours',
    what,
    consumer: (place) => Promise.resolve(program(place, declared)),
  };
}

function program(place: Place, declared: { readonly dependency?: string }) {
  let shop: ShopAddress | undefined;
  const handler = onExternal(measuredContract(place.topic), {
    external: {
      idempotent: true,
      ...declared,
      async call({ data }, { idempotencyKey, signal }) {
        const status = await callShop(shop, { sequence: data.sequence, idempotencyKey, signal });
        if (status !== 200) throw new RetryableError(`The shop answered ${status}.`);
        return { status };
      },
    },
    handle: () => undefined,
  });
  const consumer = consuming(place, consumerPool(place), handler, { kind: 'reaction', failures: 'expected' });
  return {
    go(task: unknown) {
      shop = task as ShopAddress;
      return consumer.go(undefined);
    },
    stop: () => consumer.stop(),
  };
}
