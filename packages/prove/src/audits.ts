import { type Audit, takeAudit } from '@waybill/checker';

/** Looks at the consumers' databases over and over while the run is under way. */
export interface Auditor {
  /** Ends it, with a last look at each database; answers all looks. */
  finish(): Promise<readonly Audit[]>;
  /** Ends it without a last look. */
  stop(): void;
}

/** Looks of a run, at most: each is judged against every event. */
const mostLooks = 24;

/** Starts to look. A look that fails, since the database is away, is left out. */
export function startAuditor(
  databases: readonly string[],
  urlOf: (database: string) => string,
  loadMs: number,
): Auditor {
  const audits: Audit[] = [];
  let looking: Promise<void> = Promise.resolve();
  const look = () => {
    looking = looking.then(async () => {
      for (const database of databases) {
        const audit = await takeAudit(database, urlOf(database)).catch(() => undefined);
        if (audit !== undefined) audits.push(audit);
      }
    });
  };
  const timer = setInterval(look, Math.max(5_000, loadMs / mostLooks));
  return {
    async finish() {
      clearInterval(timer);
      look();
      await looking;
      return audits;
    },
    stop: () => clearInterval(timer),
  };
}
