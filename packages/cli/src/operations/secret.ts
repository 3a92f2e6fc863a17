import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './errors.ts';

const shortest = 32;
const longest = 512;

/**
 * The secret that tokens are signed with: the file `ops-secret` of what runs on the state directory, or else
 * `WAYBILL_OPS_SECRET`.
 * @throws UsageError when there is neither, or when it has not 32 to 512 characters. The message never holds it.
 */
export function operationsSecret(
  stateDir: string,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const file = join(stateDir, 'ops-secret');
  if (existsSync(file)) return checked(readFileSync(file, 'utf8').trim(), file);
  const given = variables['WAYBILL_OPS_SECRET'];
  if (given !== undefined && given !== '') return checked(given, 'WAYBILL_OPS_SECRET');
  throw new UsageError(
    'There is no secret to sign with. Start the services with ./waybill up, or set WAYBILL_OPS_SECRET to their OPS_SECRET.',
  );
}

/**
 * The secret of services whose addresses were given: `WAYBILL_OPS_SECRET` first, since what runs on this machine need
 * not be what was named.
 */
export function secretOfGiven(
  stateDir: string,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const given = variables['WAYBILL_OPS_SECRET'];
  return given === undefined || given === ''
    ? operationsSecret(stateDir, variables)
    : checked(given, 'WAYBILL_OPS_SECRET');
}

function checked(secret: string, where: string): string {
  if (secret.length >= shortest && secret.length <= longest) return secret;
  throw new UsageError(
    `The secret of ${where} has ${secret.length} characters; it must have ${shortest} to ${longest}.`,
  );
}
