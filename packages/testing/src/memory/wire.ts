/**
 * The way between a client and an in-memory server. Everything that a client asks goes through one, so that a
 * simulation can delay calls, lose them, or lose their answers, without a client that knows of it.
 */
export interface Wire {
  /** Carries a request there, does it, and carries the answer back. Rejects when one of the ways is cut. */
  call<T>(what: string, atServer: () => T | Promise<T>): Promise<T>;
  /** Carries what a server says by itself. */
  push(what: string, atClient: () => void): void;
  /** The client's end is gone; the server notices, some time. */
  gone(atServer: () => void): void;
  /** What the server does once it notices that the client's process died without a word; the answer calls it off. */
  onDeath(atServer: () => void): () => void;
}

/** A wire without length: what is asked is done at once. */
export const directWire: Wire = {
  call: async (_, atServer) => atServer(),
  push: (_, atClient) => queueMicrotask(atClient),
  gone: (atServer) => atServer(),
  onDeath: () => () => undefined,
};
