/**
 * A process whose `require` is wrapped as telemetry wraps it: what a file exported when it was first asked for is kept. It
 * publishes twice, with headers as bytes, and tells how they went.
 */
import Module from 'node:module';
import { headersFrom } from '@waybill/messaging';

type Require = (this: unknown, id: string) => unknown;
const original = Reflect.get(Module.prototype, 'require') as Require;
const resolve = Reflect.get(Module, '_resolveFilename') as (id: string, parent: unknown) => string;
const kept = new Map<string, unknown>();
function wrapped(this: unknown, id: string): unknown {
  const file = resolve(id, this);
  if (!kept.has(file)) kept.set(file, original.call(this, id));
  return kept.get(file);
}
Reflect.set(Module.prototype, 'require', wrapped);

const [topic = '', brokers = ''] = process.argv.slice(2);
const { kafkaPublisher } = await import('../../src/index.ts');
const { takesHeaderBytes } = await import('../../src/kafkajs/produce-request.ts');
const { connectionTo } = await import('./kafka-workbench.ts');

// One header, `a`: `b`.
const headerBytes = Uint8Array.of(2, 2, 0x61, 2, 0x62);
const record = { topic, key: 'k', value: Uint8Array.of(1), headers: headersFrom(headerBytes), headerBytes };
const publisher = kafkaPublisher(connectionTo(brokers.split(',')));
for (let send = 0; send < 2; send += 1) await publisher.send([record]);
await publisher.close();
process.stdout.write(takesHeaderBytes() ? 'as bytes' : 'as texts');
