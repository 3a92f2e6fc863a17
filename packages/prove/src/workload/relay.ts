/** A relay alone, on the database of a branch. */
import { runRelay } from '@waybill/service';
import { readConfig } from './config.ts';

await runRelay(readConfig.relay());
