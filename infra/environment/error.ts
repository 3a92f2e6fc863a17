/** What stops an environment from coming up: a stable `code`, and a message that ends in what to do next. */
export class EnvironmentError extends Error {
  /** Stable, for programs: `environment.no-jvm`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}
