// Generated from the schemas beside this folder by `./waybill contracts generate`.
// Do not edit: change a schema and generate again.
import { type Brand, brand } from '@waybill/contracts';

export type CustomerId = Brand<'CustomerId'>;
/** @throws {InvalidIdError} unless the text has 1 to 255 printable characters. */
export const customerId: (text: string) => CustomerId = brand('CustomerId');

export type OrderId = Brand<'OrderId'>;
/** @throws {InvalidIdError} unless the text has 1 to 255 printable characters. */
export const orderId: (text: string) => OrderId = brand('OrderId');

export type PaymentId = Brand<'PaymentId'>;
/** @throws {InvalidIdError} unless the text has 1 to 255 printable characters. */
export const paymentId: (text: string) => PaymentId = brand('PaymentId');

export type ShipmentId = Brand<'ShipmentId'>;
/** @throws {InvalidIdError} unless the text has 1 to 255 printable characters. */
export const shipmentId: (text: string) => ShipmentId = brand('ShipmentId');
