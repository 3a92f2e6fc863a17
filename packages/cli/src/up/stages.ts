import pg from 'pg';
import type { ServiceName } from './fleet.ts';

/** How far the orders of a run have come. */
export interface Stages {
  readonly placed: number;
  readonly paid: number;
  readonly reserved: number;
  readonly confirmed: number;
  readonly shipped: number;
  readonly fulfilled: number;
  readonly cancelled: number;
  readonly mailed: number;
  /** Lines of all ledgers: grows as long as anything happens. */
  readonly effects: number;
  /** Parked events that will be handled by themselves: neither dead nor behind one that is. */
  readonly waiting: number;
  /** Parked events that wait for a person. */
  readonly dead: number;
}

/** Reads the stages from the services' databases. */
export interface StageReader {
  read(): Promise<Stages>;
  close(): Promise<void>;
}

export function stageReader(urls: Readonly<Record<ServiceName, string>>, since: Date): StageReader {
  const pools = new Map(
    Object.entries(urls).map(([service, url]) => {
      const pool = new pg.Pool({ connectionString: url, max: 1, application_name: 'waybill-up' });
      // A connection that breaks while idle is made again by the next query.
      pool.on('error', () => undefined);
      return [service, pool];
    }),
  );
  const numbers = async (service: ServiceName, sql: string) => {
    const result = await pools.get(service)?.query<Record<string, string>>(sql, [since]);
    const row = result?.rows[0] ?? {};
    return (column: string) => Number(row[column] ?? 0);
  };
  const common = `(SELECT count(*) FROM public.effect_ledger WHERE at >= $1) AS effects,
                  (SELECT count(*) FROM waybill.parked p WHERE reason <> 'dead' AND NOT EXISTS (
                     SELECT FROM waybill.parked head
                      WHERE head.reason = 'dead' AND head.holds_entity AND p.holds_entity AND head.version < p.version
                        AND (head.consumer, head.tenant, head.aggregate_type, head.aggregate_id)
                          = (p.consumer, p.tenant, p.aggregate_type, p.aggregate_id))) AS waiting,
                  (SELECT count(*) FROM waybill.parked WHERE reason = 'dead') AS dead`;
  const read = async (): Promise<Stages> => {
    const orders = await numbers(
      'orders',
      `SELECT count(*) AS placed, count(*) FILTER (WHERE paid) AS paid, count(*) FILTER (WHERE reserved) AS reserved,
              count(*) FILTER (WHERE status IN ('CONFIRMED', 'FULFILLED')) AS confirmed,
              count(*) FILTER (WHERE status = 'FULFILLED') AS fulfilled,
              count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled, ${common}
         FROM orders WHERE placed_at >= $1`,
    );
    const shipping = await numbers(
      'shipping',
      `SELECT count(*) AS shipped, ${common} FROM shipment WHERE status = 'DISPATCHED' AND updated_at >= $1`,
    );
    const mails = await numbers(
      'notifications',
      `SELECT count(*) AS mailed, ${common} FROM sent_mail WHERE sent_at >= $1`,
    );
    const payments = await numbers('payments', `SELECT ${common}`);
    const inventory = await numbers('inventory', `SELECT ${common}`);
    const sum = (column: string) =>
      [orders, shipping, mails, payments, inventory].reduce((total, service) => total + service(column), 0);
    return {
      placed: orders('placed'),
      paid: orders('paid'),
      reserved: orders('reserved'),
      confirmed: orders('confirmed'),
      shipped: shipping('shipped'),
      fulfilled: orders('fulfilled'),
      cancelled: orders('cancelled'),
      mailed: mails('mailed'),
      effects: sum('effects'),
      waiting: sum('waiting'),
      dead: sum('dead'),
    };
  };
  return { read, close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.end()))) };
}
