/** Where everything that a run leaves behind is to be read. */
export interface Addresses {
  /** Connection URL of each service's database, by service name. */
  readonly databases: Readonly<Record<string, string>>;
  readonly kafkaBrokers: readonly string[];
  /** Base of the registry's Confluent API. */
  readonly registryUrl: string;
  readonly topics: readonly string[];
  readonly providerUrl: string;
  readonly mailSinkUrl: string;
}
