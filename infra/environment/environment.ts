/** How an environment came to be: addresses from outside, containers, or plain processes of this machine. */
export type EnvironmentMode = 'given' | 'docker' | 'local';

/** What it is for. Each purpose has its own ports and its own data, so that all may run at once. */
export type EnvironmentPurpose = 'up' | 'test' | 'bench' | 'prove';

/** A running PostgreSQL, Kafka and schema registry, and perhaps Jaeger. */
export interface Environment {
  readonly mode: EnvironmentMode;
  /** Administrator's URL of the server, database `postgres`. Each service gets its own database on it. */
  readonly postgresUrl: string;
  /** `host:port` of each bootstrap broker. */
  readonly kafkaBrokers: readonly string[];
  /** `host:port` of the listener that `brokerProxyPort` asked for. */
  readonly brokerBehindProxy?: string;
  /** Base of the registry's Confluent API, without a trailing slash. */
  readonly registryUrl: string;
  /** The registry is ours alone, so that its global compatibility may be set. */
  readonly ownsRegistry: boolean;
  /** OTLP over HTTP (base, without `/v1/traces`), where there is a collector. */
  readonly otlpUrl: string | undefined;
  /** Jaeger's query API and user interface. */
  readonly jaegerUrl: string | undefined;
  /** The servers that this call started, for those who try faults; absent where they cannot be brought back. */
  readonly components?: readonly EnvironmentComponent[];
  /** It was already running under another process, which goes on owning it: `stop` leaves it alone. */
  readonly reused: boolean;
  /** Stops what this call started; resolves when it is down. Safe to call twice. */
  stop(): Promise<void>;
}

/** One of the servers, as something that may be killed and brought back. */
export interface EnvironmentComponent {
  /** `postgres`, `kafka`, `registry` or `jaeger`. */
  readonly name: string;
  /** Ends it by SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again after that, on its ports and data; resolves when it answers. */
  restart(): Promise<void>;
}

/** Progress of a start, for people. */
export type ProgressStep =
  | {
      readonly kind: 'download';
      /** What is fetched: `Kafka 4.3.0`. */
      readonly what: string;
      readonly receivedBytes: number;
      readonly totalBytes: number;
    }
  | {
      readonly kind: 'state';
      /** `postgres`, `kafka`, `registry`, `jaeger`, `jvm`, or `environment`. */
      readonly component: string;
      readonly state: 'preparing' | 'starting' | 'ready' | 'stopping' | 'stopped';
      /** An address, a version, or what is being done. */
      readonly detail?: string;
    };

export interface StartOptions {
  readonly purpose: EnvironmentPurpose;
  /** `.waybill/<purpose>` of the checkout: data, logs and `state.json`. Made when it is not there. */
  readonly stateDir: string;
  /** Skips the choice. */
  readonly mode?: EnvironmentMode;
  /** Build Jaeger once when it is not on this machine (local mode only; needs Go). */
  readonly jaeger?: boolean;
  /**
   * Gives the broker a second listener, whose clients it sends to this port of the loopback address: for a proxy that
   * stands in front of it (local mode only).
   */
  readonly brokerProxyPort?: number;
  /** Port at which the users of a shared environment say that they are there; for its keeper. */
  readonly usersPort?: number;
  readonly progress: (step: ProgressStep) => void;
}

/** One line of `waybill status`. */
export interface StatusEntry {
  readonly component: string;
  readonly state: 'running' | 'stopped';
  readonly pid: number | undefined;
  readonly address: string;
  /** When it was started, RFC 3339. */
  readonly since: string;
}

/** The variables by which an environment is handed to services and tests. */
export function environmentVariables(environment: Environment): Readonly<Record<string, string>> {
  return {
    // Whoever gets the addresses is to use them, whatever its own environment asks for.
    WAYBILL_ENVIRONMENT: 'given',
    WAYBILL_POSTGRES_URL: environment.postgresUrl,
    WAYBILL_KAFKA_BROKERS: environment.kafkaBrokers.join(','),
    WAYBILL_REGISTRY_URL: environment.registryUrl,
    ...(environment.ownsRegistry ? { WAYBILL_REGISTRY_OWNED: 'yes' } : {}),
    ...(environment.otlpUrl === undefined ? {} : { WAYBILL_OTLP_URL: environment.otlpUrl }),
    ...(environment.jaegerUrl === undefined ? {} : { WAYBILL_JAEGER_URL: environment.jaegerUrl }),
  };
}
