import { roles, type Role } from '@waybill/messaging';

/** Who is logged in, as every service and its audit trail will know them. */
export interface Person {
  /** `ada@example.com` where the login provider vouches for the address, its own id of the person otherwise. */
  readonly id: string;
  /** For people to read. */
  readonly name: string;
  readonly roles: readonly Role[];
}

/** Why somebody who has logged in is not let in. */
export type NotLetIn = 'no-role' | 'no-id';

/** Characters of an id and of a name, at most. */
const longest = 255;
const controlCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * The person whom verified claims of a login provider are about. Roles that this console does not know are left out,
 * and somebody of whose roles none is left is not let in.
 */
export function personOf(claims: Readonly<Record<string, unknown>>, rolesClaim: string): Person | NotLetIn {
  const id = idOf(claims);
  if (id === undefined) return 'no-id';
  const held = rolesOf(claimAt(claims, rolesClaim));
  if (held.length === 0) return 'no-role';
  return { id, name: readable(claims['name']) ?? id, roles: held };
}

/** The roles that a claim names: a list, or a text of names between spaces or commas. Each once, in the known order. */
export function rolesOf(claim: unknown): readonly Role[] {
  const names: readonly unknown[] =
    typeof claim === 'string' ? claim.split(/[\s,]+/) : Array.isArray(claim) ? claim : [];
  return roles.filter((role) => names.includes(role));
}

/** A claim by its name, or, where no claim has that name, by the path that it is: `realm_access.roles`. */
function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split('.').reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    return Reflect.get(value, part);
  }, claims);
}

// An address that nobody vouches for could be a colleague's, whose consent the four eyes ask for.
function idOf(claims: Readonly<Record<string, unknown>>): string | undefined {
  const address = claims['email_verified'] === true ? readable(claims['email'])?.toLowerCase() : undefined;
  return address ?? readable(claims['sub']);
}

function readable(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text.length > longest || controlCharacters.test(text) ? undefined : text;
}
