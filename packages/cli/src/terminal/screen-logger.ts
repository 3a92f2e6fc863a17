import type { Logger } from '@waybill/messaging';
import type { Screen } from './screen.ts';

/** A logger for parts that want one: warnings and errors become lines, the rest is dropped. */
export function screenLogger(screen: Screen): Logger {
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_fields, message) => screen.faint(`   ${message}`),
    error: (_fields, message) => screen.bad(`   ${message}`),
    child: () => logger,
  };
  return logger;
}
