import type { Readable } from "node:stream";
import type { Input, Output } from "./input.ts";

/** One call of one caller, whatever the protocol. */
export type Call = {
  method: string;
  /** Path and query as sent, undecoded. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  requestId: string;
  accessKeyId: string;
  /** What the call has consumed of DynamoDB's capacity; the service adds to it. */
  units: { read: number; write: number };
  /** `http://localhost:4566`, as the caller wrote it. */
  origin: string;
  /** Aborted when the caller hangs up, so that a long poll takes no messages for a caller that is gone. */
  signal: AbortSignal;
  /** Throws AccessDenied in AWS's words unless the caller may do this. */
  authorize(action: string, resourceArn: string): void;
  may(action: string, resourceArn: string): boolean;
};

export type Operation = (input: Input, call: Call) => Promise<Output> | Output;

/** A service whose API is a set of named operations: AWS's JSON protocols and its query protocol. */
export type OperationService = {
  kind: "operations";
  /** As in the credential scope of a signature. */
  name: string;
  protocols: ("json" | "query")[];
  /** `AmazonSQS` in `X-Amz-Target: AmazonSQS.SendMessage`. */
  targets: string[];
  /** Prefix of `__type` in JSON errors. */
  errorPrefix: string;
  jsonVersion: "1.0" | "1.1";
  /** Code for a parameter that is missing or wrong. */
  inputError: { missing: string; invalid: string };
  /** Codes that the JSON protocol spells otherwise than the query protocol (SQS). */
  jsonCodes?: Readonly<Record<string, string>>;
  throttling: { code: string; status: number };
  unknownOperation: { code: string; status: number };
  xmlNamespace: string;
  operations: Readonly<Record<string, Operation>>;
  /** For SQS, whose older protocol has other names: how a form becomes an input, and an output becomes XML. */
  query?: {
    input(operation: string, form: URLSearchParams, path: string): Input;
    output(operation: string, output: Output): string;
  };
  close?(): Promise<void> | void;
};

export type Answer = {
  status: number;
  headers: Record<string, string | number>;
  body: string | Buffer | Readable | undefined;
};

/** A service that reads paths and methods itself (S3 now; API Gateway, Scheduler later). */
export type RestService = {
  kind: "rest";
  name: string;
  handle(call: Call, body: Readable): Promise<Answer>;
  /** The name of what the call asks for (`PutObject`); undefined if that is nothing that is known here. */
  actionOf(call: Call): string | undefined;
  /** How this service writes an error. */
  error(code: string, message: string, status: number, call: { requestId: string; url: string }): Answer;
  throttling: { code: string; status: number };
  close?(): Promise<void> | void;
};

export type Service = OperationService | RestService;
