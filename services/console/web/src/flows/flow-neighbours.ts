import type { OverviewBody } from '../api/bodies.ts';

/** A consumer somewhere that reads a topic, with the contracts of it that it handles. */
export interface TopicReader {
  readonly service: string;
  readonly consumer: string;
  readonly contracts: readonly string[];
}

/** Who publishes a contract: the context that its name begins with. */
export function producerOf(contract: string): string {
  return contract.slice(0, contract.indexOf('.'));
}

/** The version of an event's contract, without its namespace: `orders.v2.OrderPlaced` → `OrderPlaced v2`. */
export function contractWords(contract: string): string {
  const found = /^.*?\.v(?<major>\d+)\.(?<event>.+)$/.exec(contract);
  return found?.groups === undefined ? contract : `${found.groups['event']} v${found.groups['major']}`;
}

/** The consumers of all services that answer which read a topic. */
export function readersOf(body: OverviewBody, topic: string): readonly TopicReader[] {
  return body.services.flatMap((answer) =>
    'overview' in answer
      ? answer.overview.consumers
          .filter(({ topics }) => topics.includes(topic))
          .map(({ name, contracts }) => ({ service: answer.service, consumer: name, contracts }))
      : [],
  );
}
