import type { Migration } from '../migrate.ts';
import { publishing } from './0001-publishing.ts';
import { consuming } from './0002-consuming.ts';
import { enqueueing } from './0003-enqueueing.ts';
import { lighterInserts } from './0004-lighter-inserts.ts';
import { operating } from './0005-operating.ts';
import { telling } from './0006-telling.ts';
import { generations } from './0007-generations.ts';
import { flowSamples } from './0008-flow-samples.ts';
import { rebuilding } from './0009-rebuilding.ts';
import { shownEdits } from './0010-shown-edits.ts';

/** Waybill's own schema, in order. */
export const waybillMigrations: readonly Migration[] = [
  publishing,
  consuming,
  enqueueing,
  lighterInserts,
  operating,
  telling,
  generations,
  flowSamples,
  rebuilding,
  shownEdits,
];
