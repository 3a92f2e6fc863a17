/** Something that runs in a process of its own. Everything heavy is loaded before it is `ready`. */
export interface Program {
  /**
   * Does the work that is measured, or a part of it that `task` names; fulfilled when it has started, or with what it
   * has to say when it has an end.
   */
  go(task: unknown): Promise<unknown>;
  /** Ends it in order; what it answers is handed to the bench. */
  stop(): Promise<unknown>;
}

/** What a process is told to be. */
export interface ProgramOrder {
  /** Which table of programs. */
  readonly kind: string;
  readonly name: string;
  readonly settings: unknown;
}

export type ToProgram =
  | { readonly kind: 'order'; readonly order: ProgramOrder }
  | { readonly kind: 'go'; readonly task: unknown }
  | { readonly kind: 'stop' };

export type FromProgram =
  | { readonly kind: 'ready' }
  | { readonly kind: 'went'; readonly value: unknown }
  | { readonly kind: 'stopped'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly message: string };
