import { LogFormatter, Logger, LogItem } from "@aws-lambda-powertools/logger";
import type { LogAttributes, UnformattedAttributes } from "@aws-lambda-powertools/logger/types";

/** A message of a batch, and the request that it comes from. */
export type ServedMessage = { organizationId: string; transactionId: string; failed?: true };

/** An event that was put on the bus; `afterMs` since the invocation began. */
export type PublishedEvent = {
  name: string;
  id: string;
  organizationId: string;
  transactionId?: string;
  afterMs: number;
};

/**
 * What may stand in a log line beside `level`, `message` and `service`. It is a closed list: a body,
 * a header or a token has no field to stand in.
 */
export type LogFields = {
  requestId?: string;
  traceId?: string;
  transactionId?: string;
  /** Of a batch that comes from several requests. */
  transactionIds?: string[];
  /** The messages of a batch whose request is known. */
  served?: ServedMessage[];
  published?: PublishedEvent[];
  coldStart?: boolean;
  durationMs?: number;
  /** The caller's `userId`. */
  caller?: string;
  organizationId?: string;
  route?: string;
  status?: number;
  /** Code of the error catalogue. */
  code?: string;
  /** What only operators may know of an error. */
  internal?: string;
  /** Messages or records of a batch: all, back to the queue, kept as dead letters. */
  batchSize?: number;
  failed?: number;
  rejected?: number;
  /** Records that a delivery stream does not deliver, because they went another way. */
  droppedRecords?: number;
  /** Items written, sent, found. */
  items?: number;
  /** Calls that a batch needed, the retries included. */
  attempts?: number;
  repeated?: boolean;
  resourceName?: string;
  /** Of a query of logs: its id, under which the statement is kept, and what it reads. */
  queryId?: string;
  relations?: string[];
  reason?: string;
  error?: { name: string; message: string; stack?: string };
};

export type LogLevel = "debug" | "info" | "warn" | "error";

/** One flat line: `level`, `message`, `service`, `time`, then the fields. */
class LineFormatter extends LogFormatter {
  formatAttributes(attributes: UnformattedAttributes, fields: LogAttributes): LogItem {
    return new LogItem({
      attributes: {
        level: attributes.logLevel.toLowerCase(),
        message: attributes.message,
        service: attributes.serviceName,
        time: attributes.timestamp.toISOString(),
        ...fields,
      },
    });
  }
}

const logger = new Logger({ logFormatter: new LineFormatter() });

/** Writes one line. `message` is a constant in the past tense; data goes in the fields. */
export const log = (level: LogLevel, message: string, fields: LogFields = {}): void =>
  logger[level](message, fields);

/** AWS errors whose messages speak of names and limits; any other may quote the request it refused. */
const QUOTES_NO_REQUEST =
  /AccessDenied|Credential|Disabled|DoesNotExist|Exceeded|Expired|Internal|NotFound|NonExistent|Signature|Throttl|Timeout|Unavailable|UnrecognizedClient/i;

type AwsError = Error & { $metadata?: { httpStatusCode?: number; requestId?: string } };

const isAwsError = (error: Error): error is AwsError => "$metadata" in error || "$fault" in error;

/** The message, unless it may quote what callers sent: parsers quote their text, AWS the refused input. */
const messageOf = (error: Error): string => {
  if (error instanceof SyntaxError) return "left out: it quotes what was parsed";
  if (isAwsError(error) && !QUOTES_NO_REQUEST.test(error.name)) {
    const { httpStatusCode = 0, requestId = "unknown" } = error.$metadata ?? {};
    return `left out: it may quote the request; status ${httpStatusCode}, AWS request ${requestId}`;
  }
  return error.message;
};

/** The stack without its head, which repeats the message. */
const framesOf = (error: Error): string | undefined => {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  return frames.length > 0 ? frames.join("\n") : undefined;
};

/**
 * An error for a log line: its name, message and stack, those of its causes, and nothing else that
 * hangs on it. Messages that may quote a body are left out.
 */
export const loggable = (thrown: unknown, depth = 0): { name: string; message: string; stack?: string } => {
  if (!(thrown instanceof Error))
    return { name: typeof thrown, message: "a value that is no Error was thrown" };
  const { name, cause } = thrown;
  const message = messageOf(thrown);
  const below = cause !== undefined && depth < 3 ? loggable(cause, depth + 1) : undefined;
  const stack = below?.stack ?? framesOf(thrown);
  return {
    name,
    message: below ? `${message} <- ${below.name}: ${below.message}` : message,
    ...(stack === undefined ? {} : { stack }),
  };
};
