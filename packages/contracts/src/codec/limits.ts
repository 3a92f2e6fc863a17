/** What bounds a body, when it is written as well as when it is read, so that nothing is published that cannot be read. */
export interface CodecLimits {
  /** Bytes of an Avro body. */
  readonly maxBodyBytes: number;
  /** How deep records, arrays, maps and unions may be nested; only a recursive schema has no bound of its own. */
  readonly maxDepth: number;
  /** Items of arrays and maps over the bytes of the body: only items that take no bytes can reach it. */
  readonly maxEmptyItems: number;
}

/** One megabyte (1,000,000 bytes), 64 levels, 1,000 items without bytes. */
export const defaultLimits: CodecLimits = { maxBodyBytes: 1_000_000, maxDepth: 64, maxEmptyItems: 1_000 };
