import { outboxConformance, relayStoreConformance } from '@waybill/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { postgresWorkbench } from '../postgres-workbench.ts';

const workbench = postgresWorkbench();
afterAll(() => workbench.close());

outboxConformance({ describe, it, expect }, 'PostgreSQL', () => workbench);
relayStoreConformance({ describe, it, expect }, 'PostgreSQL', () => workbench);
