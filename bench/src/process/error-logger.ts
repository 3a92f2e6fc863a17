import type { Logger } from '@waybill/messaging';

/** Says on standard error what goes wrong, and nothing else: a measured process does not log. */
export function errorLogger(): Logger {
  const write = (fields: object, message: string): void => {
    process.stderr.write(`   ${message} ${JSON.stringify(fields)}\n`);
  };
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: write,
    error: write,
    child: () => logger,
  };
  return logger;
}

/** The same, which leaves warnings out. */
export function silentAboutWarnings(log: Logger): Logger {
  const logger: Logger = { ...log, warn: () => undefined, child: () => logger };
  return logger;
}
