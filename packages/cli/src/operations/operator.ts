import { type Role, roles } from '@waybill/messaging';
import { UsageError } from './errors.ts';

/** Who acts, and as what. */
export interface Operator {
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface OperatorSources {
  /** What was given by `--as`. */
  readonly as: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The name of the operating system's user. */
  readonly userName: string;
}

/**
 * Who acts: `--as`, or `WAYBILL_OPERATOR`, or the system's user as `cli:ada`; with the roles of
 * `WAYBILL_OPERATOR_ROLES` (`viewer,operator`), or all.
 * @throws UsageError for a name that is empty or longer than 255 characters, and for a role that there is not.
 */
export function operatorOf({ as, variables, userName }: OperatorSources): Operator {
  const name = (as ?? (variables['WAYBILL_OPERATOR'] || `cli:${userName}`)).trim();
  if (name === '' || name.length > 255)
    throw new UsageError('Whoever acts needs a name of 1 to 255 characters: --as ada@example.com.');
  return { name, roles: rolesOf(variables['WAYBILL_OPERATOR_ROLES']) };
}

function rolesOf(text: string | undefined): readonly Role[] {
  const named = (text ?? '').split(',').map((part) => part.trim());
  const given = named.filter((part) => part !== '');
  if (given.length === 0) return roles;
  return given.map((part) => {
    const role = roles.find((known) => known === part);
    if (role === undefined)
      throw new UsageError(
        `WAYBILL_OPERATOR_ROLES: there is no role ${JSON.stringify(part)}. There are ${roles.join(', ')}.`,
      );
    return role;
  });
}
