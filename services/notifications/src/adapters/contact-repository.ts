import type { Queryable } from '@waybill/messaging';
import type { Contacts } from '../application/contacts.ts';

/** The contacts in the transaction at hand. */
export function contactRepository(db: Queryable): Contacts {
  return {
    async save(orderId, email, status) {
      await db.query(
        `insert into contact (order_id, email, status) values ($1, $2, $3)
         on conflict (order_id) do update set email = excluded.email, status = excluded.status`,
        [orderId, email, status],
      );
    },

    async saveStatus(orderId, status) {
      await db.query('update contact set status = $2 where order_id = $1', [orderId, status]);
    },

    async emailOf(orderId) {
      const { rows } = await db.query('select email from contact where order_id = $1', [orderId]);
      const email = rows[0]?.['email'];
      return typeof email === 'string' ? email : undefined;
    },
  };
}
