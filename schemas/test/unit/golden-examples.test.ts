import { type AnyContract, dataFromJson, dataToJson } from '@waybill/contracts';
import { describe, expect, it } from 'vitest';
import { allContracts } from '../../index.ts';
import { examples } from './examples.ts';

const encodeHex = (contract: AnyContract, json: unknown) =>
  Buffer.from(contract.codec.encode(dataFromJson(contract, json))).toString('hex');

describe('the golden examples', () => {
  // When a new example is written, the failure says which bytes to check in.
  it.each(examples)('$file has the bytes that it always had', ({ contract, data, avroHex }) => {
    expect(encodeHex(contract, data)).toBe(avroHex);
  });

  it.each(examples)('$file reads back from its bytes', ({ contract, data, avroHex }) => {
    expect(dataToJson(contract, contract.codec.decode(Buffer.from(avroHex, 'hex')))).toEqual(data);
  });

  it.each(allContracts)('$name has an ordinary example and one of an edge', (contract) => {
    const files = examples.filter((example) => example.contract === contract).map(({ file }) => file);
    expect(files.filter((file) => file.endsWith('.ordinary.json'))).toHaveLength(1);
    expect(files.length).toBeGreaterThan(1);
  });
});
