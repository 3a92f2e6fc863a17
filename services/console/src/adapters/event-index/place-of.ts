import type { Queryable } from '@waybill/messaging';
import type { PlaceOf } from '../../application/event-bodies.ts';

/** The index's own inbox has it for each event, and the failures for those that failed. */
const sql = `
  select topic, partition, log_offset from waybill.inbox
   where event_id = $1::text::uuid and consumer = $2 and partition is not null and log_offset is not null
  union all
  (select topic, partition, log_offset from failure
    where event_id = $1::text and partition is not null and log_offset is not null order by id desc limit 1)
  limit 1`;

/** Where events lie in the log, as the console's consumers read them. @param consumer The name of the index's. */
export function placeIn(db: Queryable, consumer: string): PlaceOf {
  return async (eventId) => {
    const { rows } = await db.query(sql, [eventId.toLowerCase(), consumer]);
    const [row] = rows;
    if (row === undefined) return undefined;
    return {
      topic: String(row['topic']),
      partition: Number(row['partition']),
      offset: BigInt(String(row['log_offset'])),
    };
  };
}
