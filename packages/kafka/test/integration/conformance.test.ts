import { testEnvironment } from '@waybill/testing';
import { publisherConformance, subscriberConformance } from '@waybill/testing/conformance';
import type { LogWorkbench } from '@waybill/testing/conformance';
import { afterAll, beforeAll } from 'vitest';
import { kafkaWorkbench } from './kafka-workbench.ts';

let workbench: (LogWorkbench & { close(): Promise<void> }) | undefined;

beforeAll(async () => {
  workbench = await kafkaWorkbench((await testEnvironment()).kafkaBrokers);
});

afterAll(() => workbench?.close());

function theWorkbench(): LogWorkbench {
  if (workbench === undefined) throw new Error('The workbench was not made.');
  return workbench;
}

publisherConformance('Kafka', theWorkbench);
subscriberConformance('Kafka', theWorkbench);
