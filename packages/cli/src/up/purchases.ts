import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';

/** One row of the purchase history. */
export interface Purchase {
  /** Its line in the file, 1 for the header: what tells an equal row from this one. */
  readonly line: number;
  readonly customerId: string;
  readonly quantity: number;
  /** US dollars with two places, `29.33`. */
  readonly amount: string;
}

/** The data file is not there, or a row of it is wrong. */
export class PurchaseDataError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

const columns = ['date', 'customer_id', 'quantity', 'amount_usd'] as const;

/**
 * Reads the first `count` purchases of a file with the columns date, customer_id, quantity and amount_usd.
 * @throws {PurchaseDataError} when the file is not there, or naming the line and column that are wrong.
 */
export async function readPurchases(file: string, count: number): Promise<readonly Purchase[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const message = `${file} cannot be read. Name a CSV file with --data, or leave it out for the sample.`;
    throw new PurchaseDataError('purchases.no-file', message, { cause: error });
  }
  return parsePurchases(text, file, count);
}

/** As {@link readPurchases}, of a text; `name` is for messages. */
export function parsePurchases(text: string, name: string, count: number): readonly Purchase[] {
  const lines = text.split(/\r?\n/u, count + 1);
  const header = lines[0] ?? '';
  if (header.trim() !== columns.join(',')) {
    throw new PurchaseDataError('purchases.header', `${name}, line 1: the header must be ${columns.join(',')}.`);
  }
  return lines
    .slice(1)
    .map((row, index) => [row, index + 2] as const)
    .filter(([row]) => row.trim() !== '')
    .map(([row, line]) => purchaseOf(row, name, line));
}

function purchaseOf(row: string, name: string, line: number): Purchase {
  const wrong = (problem: string) => new PurchaseDataError('purchases.row', `${name}, line ${line}: ${problem}.`);
  const fields = fieldsOf(row, wrong);
  if (fields.length !== columns.length)
    throw wrong(`${columns.length} columns are expected, and there are ${fields.length}`);
  const [date = '', customerId = '', quantity = '', amount = ''] = fields;
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(date) || Number.isNaN(Date.parse(date))) throw wrong('date must be like 1997-01-31');
  if (!/^[A-Za-z0-9._-]{1,64}$/u.test(customerId)) throw wrong('customer_id must be 1 to 64 letters or digits');
  if (!/^[1-9]\d{0,3}$/u.test(quantity)) throw wrong('quantity must be a whole number from 1 to 9999');
  if (!/^\d{1,10}\.\d{2}$/u.test(amount)) throw wrong('amount_usd must be a number with two places, such as 29.33');
  return { line, customerId, quantity: Number(quantity), amount };
}

function fieldsOf(row: string, wrong: (problem: string) => Error): readonly string[] {
  try {
    const rows: string[][] = parse(row, { relax_column_count: true, trim: true });
    return rows[0] ?? [];
  } catch {
    throw wrong('it is not a line of CSV');
  }
}
