import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyContract } from '@waybill/contracts';
import { allContracts } from '../../index.ts';

export const schemasDir = join(import.meta.dirname, '../..');

/** A checked-in example of a contract's data, with the bytes that it has always had. */
export interface Example {
  readonly file: string;
  readonly contract: AnyContract;
  readonly data: unknown;
  readonly avroHex: string;
}

export const examples: readonly Example[] = readdirSync(schemasDir, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(schemasDir, entry.name)).includes('examples'))
  .flatMap(({ name: context }) =>
    readdirSync(join(schemasDir, context, 'examples')).map((file) => read(context, file)),
  );

function read(context: string, file: string): Example {
  const [shortName, major] = file.split('.');
  const name = `${context}.${major}.${shortName}`;
  const contract = allContracts.find((one) => one.name === name);
  if (contract === undefined)
    throw new Error(`${context}/examples/${file} is an example of ${name}, which there is not`);
  const json = JSON.parse(readFileSync(join(schemasDir, context, 'examples', file), 'utf8')) as {
    readonly data: unknown;
    readonly avroHex: string;
  };
  return { file: `${context}/${file}`, contract, data: json.data, avroHex: json.avroHex };
}
