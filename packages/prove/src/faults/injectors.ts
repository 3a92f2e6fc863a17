import { longTransaction } from './database.ts';
import { cut, halfOpen, slow } from './links.ts';
import { kill, schema, stop } from './processes.ts';
import type { FaultForm } from './schedule.ts';
import { killServer } from './servers.ts';
import type { Injector } from './stage.ts';
import { duplicate, poison, rebalance } from './strangers.ts';

/** How each form of fault is done. `delivery` is done by the consumers' own processes, for the whole run. */
export const injectors: Readonly<Record<Exclude<FaultForm, 'delivery'>, Injector>> = {
  kill,
  stop,
  broker: killServer,
  database: killServer,
  registry: killServer,
  cut,
  slow,
  'half-open': halfOpen,
  rebalance,
  duplicate,
  poison,
  schema,
  'long-transaction': longTransaction,
};
