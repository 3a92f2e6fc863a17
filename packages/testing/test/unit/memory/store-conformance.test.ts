import { describe, expect, it } from 'vitest';
import { inboxConformance, outboxConformance, relayStoreConformance } from '../../../src/index.ts';
import { memoryWorkbench } from './memory-workbench.ts';

inboxConformance({ describe, it, expect }, 'The store in memory', () => memoryWorkbench);
outboxConformance({ describe, it, expect }, 'The store in memory', () => memoryWorkbench);
relayStoreConformance({ describe, it, expect }, 'The store in memory', () => memoryWorkbench);
