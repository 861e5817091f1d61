/** An error of an AWS service: what the SDK shows as `name`, `message` and `$metadata.httpStatusCode`. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** The code in the older query protocol, where it differs (SQS). */
  readonly queryCode: string;
  /** More fields of the error's shape, for example `CancellationReasons`. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    more: { status?: number; queryCode?: string; fields?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.code = code;
    this.status = more.status ?? 400;
    this.queryCode = more.queryCode ?? code;
    this.fields = more.fields ?? {};
  }
}

/** A parameter is missing or has the wrong type; each service has its own code for that. */
export class InputError extends Error {
  readonly parameter: string;
  readonly missing: boolean;

  constructor(parameter: string, missing: boolean, message: string) {
    super(message);
    this.parameter = parameter;
    this.missing = missing;
  }
}

/** The connection is to be cut without an answer. */
export class DroppedConnection extends Error {
  override readonly name = "DroppedConnection";
}

/** The platform cannot start. The message is one sentence for the person who starts it. */
export class StartError extends Error {}
