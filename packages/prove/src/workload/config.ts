import { parseConfig, relayConfig, serviceConfig } from '@waybill/service';
import { z } from 'zod';
import { branches } from './contracts.ts';

/** What each process of the workload reads from its environment, beside what every service does. */
const workloadConfig = serviceConfig.extend({
  /** `east-1`. */
  WORKLOAD_PROCESS: z.string().min(1),
  /** How often this process was started before. */
  WORKLOAD_RUN: z.coerce.number().int(),
  WORKLOAD_SEED: z.string(),
  /** Where histories lie. */
  WORKLOAD_HISTORY: z.string().min(1),
});

const branchConfig = workloadConfig.extend({
  WORKLOAD_BRANCH: z.enum(branches),
  WORKLOAD_SCHEMA: z.enum(['older', 'newer']).default('older'),
  WORKLOAD_LOAD_FILE: z.string().min(1),
  WORKLOAD_RATE: z.coerce.number().positive(),
});

const officeConfig = workloadConfig.extend({ WORKLOAD_OUTSIDE_URL: z.url() });

const outsideConfig = z.object({
  HTTP_PORT: z.coerce.number().int(),
  WORKLOAD_PROCESS: z.string().min(1),
  WORKLOAD_SEED: z.string(),
  WORKLOAD_HISTORY: z.string().min(1),
});

/** Each process asks for its own, once. */
export const readConfig = {
  archive: () => parseConfig(workloadConfig, process.env),
  branch: () => parseConfig(branchConfig, process.env),
  office: () => parseConfig(officeConfig, process.env),
  outside: () => parseConfig(outsideConfig, process.env),
  relay: () => parseConfig(relayConfig, process.env),
};
