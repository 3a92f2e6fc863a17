import { testEnvironment } from '@waybill/testing';
import * as fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { millisArray, plainArray, textArray } from '../../../src/array-literals.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: (await testEnvironment()).postgresUrl });
  await client.connect();
});
afterAll(async () => client.end());

async function read(type: string, literal: string): Promise<readonly unknown[]> {
  const { rows } = await client.query<{ value: unknown }>(`SELECT value FROM unnest($1::${type}[]) AS value`, [
    literal,
  ]);
  return rows.map(({ value }) => value);
}

// PostgreSQL's text holds no NUL, and no half of a surrogate pair.
const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0') && value.isWellFormed());

describe('a column as one parameter', () => {
  test('holds texts as they are, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(text, fc.constantFrom(null, '', 'NULL', 'null', '{}', '"', '\\', ',', ' a '))),
        async (values) => {
          expect(await read('text', textArray(values))).toEqual(values);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('holds numbers, and where there are none', async () => {
    expect(await read('bigint', plainArray([1, 2n ** 62n, undefined, null, -7]))).toEqual([
      '1',
      String(2n ** 62n),
      null,
      null,
      '-7',
    ]);
    expect(await read('real', plainArray([0.25, 1e-9, 1e21]))).toEqual([0.25, 1e-9, 1e21]);
  });

  test('holds times, exact to the millisecond for centuries around us and never refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })),
        async (values) => {
          const { rows } = await client.query<{ ms: string }>(
            'SELECT extract(epoch FROM to_timestamp(ms / 1000)) * 1000 AS ms FROM unnest($1::float8[]) AS ms',
            [millisArray(values)],
          );
          expect(rows.map(({ ms }) => Number(ms))).toEqual(values.map((value) => value.getTime()));
        },
      ),
      { numRuns: 100 },
    );
    const far = [new Date(-62_167_219_200_000), new Date(253_402_300_799_999)];
    const { rows } = await client.query('SELECT to_timestamp(ms / 1000) FROM unnest($1::float8[]) AS ms', [
      millisArray(far),
    ]);
    expect(rows.length).toBe(2);
  });
});
