import { publisherConformance, subscriberConformance, testEnvironment } from '@waybill/testing';
import type { LogWorkbench } from '@waybill/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

publisherConformance({ describe, it, expect }, 'Kafka', theWorkbench);
subscriberConformance({ describe, it, expect }, 'Kafka', theWorkbench);
