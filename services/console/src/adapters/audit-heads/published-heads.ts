import type { Queryable } from '@waybill/messaging';
import type { PublishedHeads } from '../../application/audit-chains.ts';

const toCompare = `
  select h.seq, h.hash, h.published_at, h.read_at from published_head h left join audit_compared c using (service)
   where h.service = $1 and ($2 = 'all' or c.service is null or h.seq >= c.seq or h.read_at > c.heads_until)
   order by h.seq`;

const told = `
  select (select count(*) from published_head where service = $1) as heads, clock_timestamp() as until,
         (select min(read_at) from published_head_position) as read_at`;

const compared = `
  insert into audit_compared (service, seq, heads_until) values ($1, $2, $3)
  on conflict (service) do update set seq = excluded.seq, heads_until = excluded.heads_until
  where excluded.seq >= audit_compared.seq`;

/** The published ends of audit trails in the console's database. */
export function publishedHeadsIn(db: Queryable): PublishedHeads {
  return {
    async toCompare(service, which) {
      // Before the heads themselves, so that one that comes meanwhile is compared the next time.
      const counted = await db.query(told, [service]);
      const { rows } = await db.query(toCompare, [service, which]);
      const [row] = counted.rows;
      const readAt = row?.['read_at'];
      return {
        heads: rows.map((head) => ({
          seq: Number(head['seq']),
          hash: String(head['hash']),
          at: head['published_at'] as Date,
        })),
        count: Number(row?.['heads'] ?? 0),
        readAt: readAt instanceof Date ? readAt : undefined,
        until: row?.['until'] as Date,
      };
    },
    async noteCompared(service, { seq, until }) {
      await db.query(compared, [service, seq, until]);
    },
  };
}
