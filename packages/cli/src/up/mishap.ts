import { randomUUID } from 'node:crypto';
import type { Environment } from '@waybill/infra';
import { kafkaPublisher } from '@waybill/kafka';
import type { Logger } from '@waybill/messaging';
import { urlOf, type Ports } from './fleet.ts';

/** The share of payments that the provider answers in another form than it describes, while there is a mishap. */
export const oddAnswers = 0.02;

/** Seconds for which the mail server takes nothing. */
const outageSeconds = 60;
const poisonRecords = 2;
const poisonedTopic = 'orders.order';

/** What goes wrong beside the payments: records that nobody can read, and a mail server that is away for a minute. */
export async function causeMishap(at: {
  readonly environment: Environment;
  readonly ports: Ports;
  readonly log: Logger;
}): Promise<void> {
  const { environment, ports, log } = at;
  const publisher = kafkaPublisher({ brokers: environment.kafkaBrokers, clientId: 'somebody-else', log });
  try {
    const records = Array.from({ length: poisonRecords }, () => ({
      topic: poisonedTopic,
      key: randomUUID(),
      value: Buffer.from('{"this": "is not an event"}'),
      headers: {},
    }));
    await publisher.send(records);
  } finally {
    await publisher.close();
  }
  await fetch(`${urlOf(ports.mailHttp)}/outage?seconds=${outageSeconds}`, {
    method: 'POST',
    signal: AbortSignal.timeout(5_000),
  });
}
