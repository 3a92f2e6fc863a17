import { z } from 'zod';

const share = z.coerce.number().min(0).max(1);

const environment = z
  .object({
    HTTP_HOST: z.string().default('127.0.0.1'),
    HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(4090),
    PROVIDER_SEED: z.string().default('waybill'),
    PROVIDER_MIN_LATENCY_MS: z.coerce.number().int().min(0).default(5),
    PROVIDER_MAX_LATENCY_MS: z.coerce.number().int().min(0).default(60),
    PROVIDER_LIMITED_SHARE: share.default(0.03),
    PROVIDER_FAILING_SHARE: share.default(0.03),
    PROVIDER_ODD_SHARE: share.default(0),
    PROVIDER_KEYS_KEPT: z.coerce.number().int().min(1).default(200_000),
  })
  .refine((env) => env.PROVIDER_MIN_LATENCY_MS <= env.PROVIDER_MAX_LATENCY_MS, {
    path: ['PROVIDER_MAX_LATENCY_MS'],
    message: 'must not be below PROVIDER_MIN_LATENCY_MS',
  });

export interface ProviderConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly behaviour: Behaviour;
  /** Keys whose answers are remembered; the oldest is forgotten first. */
  readonly keysKept: number;
}

/** How badly the provider behaves; the same seed, key and attempt always give the same. */
export interface Behaviour {
  readonly seed: string;
  readonly minLatencyMs: number;
  readonly maxLatencyMs: number;
  /** The share of attempts answered by 429, 0 to 1. */
  readonly limitedShare: number;
  /** The share of attempts answered by 503, 0 to 1. */
  readonly failingShare: number;
  /** The share of captures that are answered in another form than is described, 0 to 1; what they did is done. */
  readonly oddShare: number;
}

/** The settings from the environment. @throws {Error} naming each variable that is wrong. */
export function readConfig(): ProviderConfig {
  const parsed = environment.safeParse(process.env);
  if (!parsed.success) throw new Error(`Wrong settings: ${z.prettifyError(parsed.error)}`);
  const values = parsed.data;
  return {
    host: values.HTTP_HOST,
    port: values.HTTP_PORT,
    keysKept: values.PROVIDER_KEYS_KEPT,
    behaviour: {
      seed: values.PROVIDER_SEED,
      minLatencyMs: values.PROVIDER_MIN_LATENCY_MS,
      maxLatencyMs: values.PROVIDER_MAX_LATENCY_MS,
      limitedShare: values.PROVIDER_LIMITED_SHARE,
      failingShare: values.PROVIDER_FAILING_SHARE,
      oddShare: values.PROVIDER_ODD_SHARE,
    },
  };
}
