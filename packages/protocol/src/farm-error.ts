import { type ProblemCode, type ProblemDetails, problems } from './problems.ts';

/** Whether trying again can help: never, later here, or on another computer. */
export type Retry = 'never' | 'later' | 'elsewhere';

/**
 * The one error of the farm. `says` is a sentence for people; `cause` is for the log and never leaves
 * this process.
 */
export class FarmError extends Error {
  readonly code: ProblemCode;
  readonly details: Record<string, unknown>;

  constructor(
    code: ProblemCode,
    details: ProblemDetails = {},
    options: { cause?: unknown; says?: string } = {},
  ) {
    super(
      options.says ?? problems[code].says(details),
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.name = 'FarmError';
    this.code = code;
    this.details = details;
  }

  get says(): string {
    return this.message;
  }

  get status(): number {
    return problems[this.code].status;
  }

  get retry(): Retry {
    return problems[this.code].retry;
  }
}
