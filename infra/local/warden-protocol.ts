/** What a process asks of its warden, and what the warden answers. One warden per process, over its IPC channel. */
export interface StartRequest {
  readonly kind: 'start';
  readonly id: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly stopSignal: NodeJS.Signals;
  /** From the stop signal to SIGKILL when the parent is gone, in milliseconds. */
  readonly graceMs: number;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

export type WardenReport =
  | { readonly kind: 'started'; readonly id: number; readonly pid: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | {
      readonly kind: 'exited';
      readonly id: number;
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
    };
