import { Decimal } from 'decimal.js';
import type { OrderLine } from './order.ts';

/** What the whole order costs: the exact sum of its lines' amounts. */
export function totalAmount(lines: readonly OrderLine[]): Decimal {
  return lines.reduce((sum, line) => sum.plus(line.amount), new Decimal(0));
}

/** How many pieces the order holds. */
export function totalQuantity(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}
