import { useDeliveryMiddleware } from '@waybill/messaging';
import type { History } from '../history/history.ts';

/** Writes each delivery of this process down, before and after it is dealt with. */
export function noteDeliveries(history: History): void {
  let count = 0;
  useDeliveryMiddleware((next, { consumer }) => async (batch) => {
    count += 1;
    const delivery = count;
    const { topic, partition, records } = batch;
    history.note({ kind: 'deliver', delivery, consumer, topic, partition, count: records.length });
    try {
      await next(batch);
      history.note({ kind: 'delivered', delivery, outcome: 'ok' });
    } catch (error) {
      history.note({ kind: 'delivered', delivery, outcome: 'failed' });
      throw error;
    }
  });
}
