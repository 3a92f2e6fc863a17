interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** The part of npm's lock files that is read here (npm docs, package-lock.json, lockfileVersion 3). */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/**
 * Whether `node_modules` holds what `package-lock.json` asks for, judged by the lock file that npm keeps inside
 * `node_modules`, which it writes last. Optional packages may be absent: they are for other platforms.
 */
export function isInstalled(wanted: LockFile, installed: LockFile): boolean {
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) continue;
    const present = installed.packages[path];
    if (present === undefined) {
      if (entry.optional !== true && entry.devOptional !== true) return false;
    } else if (
      present.version !== entry.version ||
      present.integrity !== entry.integrity ||
      present.link !== entry.link
    ) {
      return false;
    }
  }
  return true;
}
