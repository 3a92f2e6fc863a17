import { replaceIdleSpin } from './idle-spin.ts';
import { replaceProduceRequest } from './produce-request.ts';
import { replaceRecordDecoder } from './record-decoder.ts';

/**
 * Puts in place, for this process, all that replaces parts of kafkajs. Every client of this package does it; whoever
 * measures kafkajs itself calls it to have the same client.
 */
export function replaceKafkajsParts(): void {
  replaceIdleSpin();
  replaceProduceRequest();
  replaceRecordDecoder();
}
