import type { ConsumerName } from '../plan/plan.ts';
import { customerChanged, orderChanged, orderReplied } from '../world/contracts.ts';
import type { World } from '../world/world.ts';
import type { EventTopic } from './published.ts';

/** What is promised of a consumer, as the checks know it: apart from its definition. */
export interface WatchedConsumer {
  readonly name: string;
  readonly topic: EventTopic;
  readonly type: string;
  readonly kind: 'projection' | 'reaction';
  readonly from: 'beginning' | 'now';
  readonly ordered: boolean;
}

const order = { topic: 'orders.order', type: orderChanged.name, from: 'beginning', ordered: true } as const;

const watched: Record<ConsumerName, readonly WatchedConsumer[]> = {
  'shop.orders': [{ ...order, name: 'shop.orders', kind: 'projection' }],
  'shop.totals': [{ ...order, name: 'shop.totals', kind: 'projection' }],
  'shop.ledger': [
    { ...order, name: 'shop.ledger', kind: 'reaction' },
    { ...order, name: 'shop.replies', kind: 'reaction', topic: 'shop.reply', type: orderReplied.name },
  ],
  'shop.alerts': [{ ...order, name: 'shop.alerts', kind: 'reaction', from: 'now' }],
  'shop.search': [{ ...order, name: 'shop.search', kind: 'reaction', ordered: false }],
  'shop.card': [{ ...order, name: 'shop.card', kind: 'reaction' }],
  'shop.mail': [{ ...order, name: 'shop.mail', kind: 'reaction' }],
  'shop.dependent': [
    { ...order, name: 'shop.customers', kind: 'projection', topic: 'orders.customer', type: customerChanged.name },
    { ...order, name: 'shop.dependent', kind: 'reaction' },
  ],
};

export function watchedConsumers({ plan }: World): readonly WatchedConsumer[] {
  return plan.consumers.flatMap((name) => watched[name]);
}

export function subscribedTopics({ name, topic }: WatchedConsumer): readonly string[] {
  const hasSnapshots = name === 'shop.orders' || name === 'shop.customers';
  return hasSnapshots ? [topic, `${topic}.snapshot`] : [topic];
}
