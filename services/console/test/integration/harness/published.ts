import { type Contract, dataSchemaUrn, type Envelope, envelopeToHeaders, frame, newEventId } from '@waybill/contracts';
import { createTopics, kafkaPublisher, registerContracts } from '@waybill/kafka';
import type { Logger, OutgoingRecord } from '@waybill/messaging';
import { allContracts, topics } from '@waybill/schemas';
import { testEnvironment } from '@waybill/testing';

/** The log, as the services of the published language write it. */
export interface PublishedLanguage {
  /** An event's record; what its envelope has is given or made up. */
  recordOf<TData>(contract: Contract<TData>, data: NoInfer<TData>, envelope: GivenEnvelope): OutgoingRecord;
  send(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

type GivenEnvelope = Pick<Envelope, 'aggregateId' | 'correlationId'> & Partial<Envelope>;

export async function publishedLanguage(): Promise<PublishedLanguage> {
  const { kafkaBrokers: brokers, registryUrl: url } = await testEnvironment();
  const connection = { brokers, clientId: 'console-test', log: silent };
  const carrying = topics.filter(({ carries }) => carries === 'events');
  await createTopics({ ...connection, topics: carrying.map(({ name, partitions }) => ({ name, partitions })) });
  const events = allContracts.filter(({ kind }) => kind === 'event');
  const registered = await registerContracts({ url, contracts: events, ownsRegistry: false });
  const publisher = kafkaPublisher(connection);
  return {
    recordOf(contract, data, given) {
      const schemaId = registered.find(({ name }) => name === contract.name)?.id;
      if (schemaId === undefined) throw new Error(`${contract.name} is not registered.`);
      const envelope: Envelope = {
        id: newEventId(),
        type: contract.name,
        source: `/waybill/${contract.event.split('.')[0]}`,
        time: new Date(),
        dataSchema: dataSchemaUrn(contract),
        tenant: '',
        aggregateType: contract.aggregateType,
        aggregateVersion: 1,
        causationId: undefined,
        trace: {},
        ...given,
      };
      return {
        topic: contract.topic,
        key: envelope.aggregateId,
        value: frame(schemaId, contract.codec.encode(data)),
        headers: envelopeToHeaders(envelope),
      };
    },
    async send(records) {
      const outcomes = await publisher.send(records);
      const lost = outcomes.filter(({ status }) => status !== 'acknowledged');
      if (lost.length > 0) throw new Error(`Not published: ${JSON.stringify(lost)}`);
    },
    close: () => publisher.close(),
  };
}

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => silent };
