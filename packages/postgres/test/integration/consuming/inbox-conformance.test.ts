import { inboxConformance } from '@waybill/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { postgresWorkbench } from '../postgres-workbench.ts';

const workbench = postgresWorkbench();
afterAll(() => workbench.close());

inboxConformance({ describe, it, expect }, 'PostgreSQL', () => workbench);
