import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where what was fetched or built is kept, for all clones of this user: `WAYBILL_CACHE`, or `waybill` in the user's
 * cache directory (XDG Base Directory Specification). Everything in it may be deleted at any time.
 */
export function cacheDirectory(variables: Readonly<Record<string, string | undefined>> = process.env): string {
  const chosen = variables['WAYBILL_CACHE'] ?? '';
  if (chosen !== '') return chosen;
  const userCache = variables['XDG_CACHE_HOME'] ?? '';
  return join(userCache === '' ? join(homedir(), '.cache') : userCache, 'waybill');
}

/** A path in the cache whose directory is there. */
export function cachePath(...parts: readonly string[]): string {
  const directory = cacheDirectory();
  mkdirSync(directory, { recursive: true });
  return join(directory, ...parts);
}
