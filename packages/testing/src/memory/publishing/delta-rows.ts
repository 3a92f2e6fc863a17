import type { Delta } from '@waybill/messaging';
import type { StoredOutboxRow } from './tables.ts';

/** Whether a row's transaction lies within a delta. */
export function isWithin({ xid }: StoredOutboxRow, { from, inFlight, to }: Delta): boolean {
  return (xid >= from || inFlight.includes(xid)) && (to === undefined || isVisibleIn(xid, to));
}

/** Whether a row no longer lies before the cursor that the delta was made from. */
export function isPassed({ xid, position }: StoredOutboxRow, { from, inFlight, to, position: passed }: Delta): boolean {
  if (xid < from && !inFlight.includes(xid)) return true;
  return to !== undefined && passed !== undefined && position <= passed && isVisibleIn(xid, to);
}

function isVisibleIn(xid: bigint, { xmax, inFlight }: NonNullable<Delta['to']>): boolean {
  return xid < xmax && !inFlight.includes(xid);
}
