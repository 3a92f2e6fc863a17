import { consumer, type ConsumerDefinition, on, onSnapshot, type Queryable } from '@waybill/messaging';
import { OrderCancelledV1, OrderConfirmedV1, OrderFulfilledV1, OrderPlacedV2, OrderSnapshotV1 } from '@waybill/schemas';
import { ledgered, ledgerTable } from '@waybill/service';

export type OrderStatus = 'PLACED' | 'CONFIRMED' | 'FULFILLED' | 'CANCELLED';

/** The copy of whom to tell about an order, and of how the order stands. */
export interface Contacts {
  save(orderId: string, email: string, status: OrderStatus): Promise<void>;
  saveStatus(orderId: string, status: OrderStatus): Promise<void>;
  emailOf(orderId: string): Promise<string | undefined>;
}

export const contactsName = 'notifications.contacts';

/** Keeps whom to tell about an order, by the order's events and its snapshots. */
export function contactsProjection(contacts: (tx: Queryable) => Contacts): ConsumerDefinition {
  return consumer({
    name: contactsName,
    kind: 'projection',
    objective: { visibleWithinMs: 5_000, share: 0.99 },
    tables: ['contact', ledgerTable],
    handlers: ledgered(
      [
        on(OrderPlacedV2, ({ data: { orderId, email } }, { tx }) => contacts(tx).save(orderId, email, 'PLACED')),
        on(OrderConfirmedV1, ({ data }, { tx }) => contacts(tx).saveStatus(data.orderId, 'CONFIRMED')),
        on(OrderCancelledV1, ({ data }, { tx }) => contacts(tx).saveStatus(data.orderId, 'CANCELLED')),
        on(OrderFulfilledV1, ({ data }, { tx }) => contacts(tx).saveStatus(data.orderId, 'FULFILLED')),
      ],
      contactsName,
    ),
    snapshots: [
      onSnapshot(OrderSnapshotV1, ({ data: { orderId, email, status } }, { tx }) =>
        contacts(tx).save(orderId, email, status),
      ),
    ],
  });
}
