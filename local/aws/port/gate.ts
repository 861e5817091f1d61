import type { IncomingMessage } from "node:http";
import type { Chaos, CountedCall, Permissions } from "../../seams.ts";
import { callerArn } from "../sts/service.ts";
import type { Arns } from "./arn.ts";
import { type Fate, fateOf } from "./chaos.ts";
import { AwsError } from "./errors.ts";
import { OPERATOR } from "./permissions.ts";
import type { Call } from "./service.ts";
import { isExpired, isSignedWith, type Signature } from "./signature.ts";

export type Gate = {
  arns: Arns;
  permissions: Permissions;
  chaos: Chaos;
  /** The secret of an access key; undefined: its signatures are not checked. */
  secretOf: (accessKeyId: string) => string | undefined;
  now: () => number;
  /** The `Date` of answers to functions while the clock is moved. */
  movedDate: () => string | undefined;
  calls: { count(call: CountedCall): void };
  log: (error: unknown, call: string) => void;
};

/** One request on its way to a service. */
export type Passage = {
  request: IncomingMessage;
  signature: Signature | undefined;
  requestId: string;
  signal: () => AbortSignal;
};

/** Path without its query: the query of a presigned URL is a credential, and no log may hold it. */
export const pathOf = (request: IncomingMessage): string => (request.url ?? "/").split("?", 1)[0] ?? "/";

export const makeCall = (
  gate: Gate,
  { request, requestId, signal }: Passage,
  accessKeyId: string,
  denied: { code: string; status: number },
): Call => ({
  method: request.method ?? "GET",
  url: request.url ?? "/",
  headers: request.headers,
  requestId,
  accessKeyId,
  units: { read: 0, write: 0 },
  origin: `http://${request.headers.host ?? "localhost"}`,
  get signal() {
    return signal();
  },
  may: (action, resourceArn) => gate.permissions.allows(accessKeyId, action, resourceArn),
  authorize: (action, resourceArn) => {
    if (gate.permissions.allows(accessKeyId, action, resourceArn)) return;
    throw new AwsError(
      denied.code,
      `User: ${callerArn(gate.arns, accessKeyId)} is not authorized to perform: ${action} on resource: ${resourceArn} because no identity-based policy allows the ${action} action`,
      { status: denied.status },
    );
  },
});

/** Undefined if the signature is good, or is not checked. */
export const signatureFault = (
  gate: Gate,
  request: IncomingMessage,
  signature: Signature,
  bodyHash: () => string,
): "expired" | "wrong" | undefined => {
  const secret = gate.secretOf(signature.accessKeyId);
  if (secret === undefined) return undefined;
  // Who signs a header may go by the machine's clock, as a shell does, when the platform's was moved.
  const isFresh = [gate.now(), ...(signature.presigned ? [] : [Date.now()])].some(
    (now) => !isExpired(signature, now),
  );
  if (!isFresh) return "expired";
  const { method = "GET", url = "/", headers } = request;
  return isSignedWith(secret, signature, { method, url, headers, bodyHash: bodyHash() })
    ? undefined
    : "wrong";
};

/** The operator's calls never fail at random, because a person's command should fail only for a reason. */
export const fateFor = (gate: Gate, accessKeyId: string, batch: boolean): Fate =>
  accessKeyId === OPERATOR ? "spared" : fateOf(gate.chaos, batch);

/** False for a connection that is to be cut without an answer. */
export const isAnswerable = (error: unknown): boolean =>
  !(error instanceof Error && error.name === "DroppedConnection");
