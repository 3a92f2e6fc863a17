import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';

/** I7: at rest each accepted order has ended: fulfilled or cancelled. */
export function orderNotEnded({ accepted, domain }: Evidence): readonly Finding[] {
  const status = new Map(domain.orders.map((order) => [order.orderId, order.status]));
  return accepted
    .filter(({ orderId }) => status.has(orderId) && !hasEnded(status.get(orderId)))
    .map(({ orderId, line }) => ({
      promise: 'I7',
      code: 'unended.order',
      message: `The order of line ${line} is still ${status.get(orderId)}.`,
      ids: [orderId],
    }));
}

export function hasEnded(status: string | undefined): boolean {
  return status === 'FULFILLED' || status === 'CANCELLED';
}

/** I7: a cancelled order keeps no money and no stock; a fulfilled one is paid, reserved and sent. Never both. */
export function orderEndedBothWays(evidence: Evidence): readonly Finding[] {
  const { orders, payments, reservations, shipments } = evidence.domain;
  const payment = new Map(payments.map((row) => [row.orderId, row]));
  const reservation = new Map(reservations.map((row) => [row.orderId, row]));
  const shipment = new Map(shipments.map((row) => [row.orderId, row]));
  const provider = new Map(evidence.provider.map((row) => [row.orderId, row]));

  return orders.flatMap(({ orderId, status, total }) => {
    const problem = (code: string, message: string): Finding => ({
      promise: 'I7',
      code: `unended.${code}`,
      message: `Order ${orderId} is ${status.toLowerCase()}, but ${message}.`,
      ids: [orderId],
    });
    const findings: Finding[] = [];
    const held = (provider.get(orderId)?.captures ?? 0) - (provider.get(orderId)?.refunds ?? 0);
    if (status === 'CANCELLED') {
      if (payment.get(orderId)?.status === 'CAPTURED') findings.push(problem('payment-kept', 'its payment was kept'));
      if (held > 0) findings.push(problem('money-kept', 'the provider still holds its money'));
      if (reservation.get(orderId)?.status === 'RESERVED')
        findings.push(problem('stock-kept', 'its stock is still reserved'));
      if (shipment.has(orderId)) findings.push(problem('shipped', 'it was shipped'));
    }
    if (status === 'FULFILLED') {
      const free = Number(total) === 0;
      if (!free && payment.get(orderId)?.status !== 'CAPTURED')
        findings.push(problem('unpaid', 'its payment is not captured'));
      if (!free && held !== 1) findings.push(problem('money-missing', `the provider holds its money ${held} times`));
      if (reservation.get(orderId)?.status !== 'RESERVED')
        findings.push(problem('unreserved', 'no stock is reserved for it'));
      if (shipment.get(orderId)?.status !== 'DISPATCHED') findings.push(problem('unsent', 'it was not dispatched'));
    }
    return findings;
  });
}

/** What payments wrote down is what the provider did, order by order. */
export function paymentDisagrees({ domain, provider }: Evidence): readonly Finding[] {
  const books = new Map(provider.map((row) => [row.orderId, row]));
  const rows = new Map(domain.payments.map((row) => [row.orderId, row]));
  const disagreeing = [...new Set([...books.keys(), ...rows.keys()])].filter((orderId) => {
    const { captures = 0, refunds = 0 } = books.get(orderId) ?? {};
    const status = rows.get(orderId)?.status;
    const captured = status === 'CAPTURED' || status === 'REFUNDED';
    return captured !== captures > 0 || (status === 'REFUNDED') !== refunds > 0;
  });
  return disagreeing.map((orderId) => ({
    promise: 'I7',
    code: 'unended.payment-disagrees',
    message: `Order ${orderId}: payments says ${rows.get(orderId)?.status ?? 'nothing'}, the provider has ${books.get(orderId)?.captures ?? 0} captures and ${books.get(orderId)?.refunds ?? 0} refunds.`,
    ids: [orderId],
  }));
}
