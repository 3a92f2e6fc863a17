import { InvalidSchemaError } from './errors.ts';

/** A contract's full name, taken apart: `orders.v2.OrderPlaced`. */
export interface ContractName {
  /** `orders` */
  readonly context: string;
  /** 2 */
  readonly major: number;
  /** `OrderPlaced` */
  readonly shortName: string;
}

const pattern = /^([a-z][a-z0-9_]*)\.v([1-9]\d{0,3})\.([A-Z][A-Za-z0-9]*)$/;

/** Takes a full name apart, or answers undefined when it is not one: `<context>.v<major>.<Name>`, 255 characters at most. */
export function parseContractName(name: string): ContractName | undefined {
  if (name.length > 255) return undefined;
  const match = pattern.exec(name);
  if (match === null) return undefined;
  const [, context = '', major = '', shortName = ''] = match;
  return { context, major: Number(major), shortName };
}

/** Like {@link parseContractName}. @throws {InvalidSchemaError} when it is not a contract's name. */
export function contractName(name: string): ContractName {
  const parsed = parseContractName(name);
  if (parsed === undefined) {
    throw new InvalidSchemaError(
      name.slice(0, 255),
      'a contract is named <context>.v<major>.<Name>, like orders.v2.OrderPlaced',
    );
  }
  return parsed;
}
