import { describe, expect, it } from 'vitest';
import { inboxConformance } from '../../../src/index.ts';
import { memoryWorkbench } from './memory-workbench.ts';

inboxConformance({ describe, it, expect }, 'The store in memory', () => memoryWorkbench);
