/** Tells of a transaction whether a `pg_snapshot` (`xmin:xmax:xip,…`) sees what it committed. */
export function wasVisible(snapshot: string): (xid: bigint) => boolean {
  const [, upper = '0', running = ''] = snapshot.split(':');
  const xmax = BigInt(upper);
  const inFlight = new Set(running.split(',').filter((id) => id !== ''));
  return (xid) => xid < xmax && !inFlight.has(String(xid));
}
