import type { Migration } from '../migrate.ts';
import { publishing } from './0001-publishing.ts';

/** Waybill's own schema, in order. Consuming's `0002-consuming.ts` takes the next place in this list. */
export const waybillMigrations: readonly Migration[] = [publishing];
