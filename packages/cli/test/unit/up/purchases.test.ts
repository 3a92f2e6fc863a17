import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { orderRequest } from '../../../src/up/order-request.ts';
import { parsePurchases, readPurchases } from '../../../src/up/purchases.ts';

const header = 'date,customer_id,quantity,amount_usd';
const sample = fileURLToPath(new URL('../../../../../examples/data/cdnow-purchases.csv', import.meta.url));
const parse = (text: string, count = 10) => parsePurchases(text, 'data.csv', count);

describe('purchases', () => {
  it('are known by their line, so that equal rows are purchases of their own', () => {
    const purchases = parse(`${header}\n1997-01-01,00001,1,11.77\n1997-01-01,00001,1,11.77\n`);
    expect(purchases).toEqual([
      { line: 2, customerId: '00001', quantity: 1, amount: '11.77' },
      { line: 3, customerId: '00001', quantity: 1, amount: '11.77' },
    ]);
  });

  it('are read from the sample as it is: a thousand, four of them free, two of them equal', async () => {
    const purchases = await readPurchases(sample, 1000);
    expect(purchases).toHaveLength(1000);
    expect(purchases.filter(({ amount }) => amount === '0.00')).toHaveLength(4);
  });

  it.each([
    ['1997-01-01,00001,0,11.77', 'quantity'],
    ['1997-01-01,00001,1.5,11.77', 'quantity'],
    ['1997-01-01,00001,1,11.7', 'amount_usd'],
    ['1997-01-01,00001,1,-1.00', 'amount_usd'],
    ['1997-99-01,00001,1,11.77', 'date'],
    ['1997-01-01,,1,11.77', 'customer_id'],
    ['1997-01-01,00001,1', '4 columns'],
    ['1997-01-01,"00001,1,11.77', 'CSV'],
  ])('refuse the row %s, naming its line and what is wrong', (row, problem) => {
    expect(() => parse(`${header}\n1997-01-01,00001,1,11.77\n${row}\n`)).toThrow(
      new RegExp(`line 3: .*${problem}`, 'u'),
    );
  });

  it('refuse a file with another header', () => {
    expect(() => parse('a,b\n1,2\n')).toThrow('line 1');
  });

  it('refuse a file that is not there, by its name', async () => {
    await expect(readPurchases('/nowhere/orders.csv', 1)).rejects.toThrow('/nowhere/orders.csv cannot be read');
  });

  it('do not look at rows beyond those asked for', () => {
    expect(parse(`${header}\n1997-01-01,00001,1,11.77\nbroken\n`, 1)).toHaveLength(1);
  });
});

describe('an order for a purchase', () => {
  it('asks for the article that follows from the customer, at the amount of the purchase', () => {
    expect(orderRequest({ line: 7, customerId: '00049', quantity: 2, amount: '29.33' })).toEqual({
      customerId: '00049',
      email: 'customer-00049@example.com',
      currency: 'USD',
      reference: 'line-7',
      lines: [{ sku: 'cd-09', quantity: 2, amount: '29.33' }],
    });
  });
});
