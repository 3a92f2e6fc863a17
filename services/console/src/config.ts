import { parseConfig } from '@waybill/service';
import { consoleSettings } from './settings.ts';

/** The only place of the console that reads the environment. */
export const config = parseConfig(consoleSettings, process.env);
