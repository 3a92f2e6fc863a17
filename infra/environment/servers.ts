import type { ProcessIdentity } from '../local/process-identity.ts';
import type { Environment, EnvironmentComponent } from './environment.ts';

/** Servers that are up, whatever runs them. */
export interface Servers {
  readonly addresses: Pick<
    Environment,
    'postgresUrl' | 'kafkaBrokers' | 'brokerBehindProxy' | 'registryUrl' | 'ownsRegistry' | 'otlpUrl' | 'jaegerUrl'
  >;
  /** The ports that were chosen, by name, to be taken again. */
  readonly ports: Readonly<Record<string, number>>;
  readonly components: readonly ServerComponent[];
  /** Stops all of them; resolves when they are down. */
  stop(): Promise<void>;
}

/** One of them, as `waybill status` tells it. */
export interface ServerComponent {
  readonly name: string;
  readonly address: string;
  /** What it lives and ends with: its own process, or the one that holds its container. */
  readonly process: ProcessIdentity;
  /** For those who try faults, where it can be brought back at the same address. */
  readonly breakable?: Omit<EnvironmentComponent, 'name'>;
}
