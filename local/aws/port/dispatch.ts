import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Chaos, Permissions } from "../../seams.ts";
import { callerArn } from "../sts/service.ts";
import type { Arns } from "./arn.ts";
import { type Fate, fateOf, isBatch, runPartially, suffer } from "./chaos.ts";
import { AwsError } from "./errors.ts";
import type { Input, Output } from "./input.ts";
import { OPERATOR } from "./permissions.ts";
import { type Asked, asAwsError, isJson, readAsked, renderError, renderOutput } from "./protocol.ts";
import type { Answer, Call, OperationService, RestService, Service } from "./service.ts";
import { hashOf, isExpired, isSignedWith, readSignature, type Signature } from "./signature.ts";
import { unknownService } from "./unknown-service.ts";

const BODY_BYTES_MAX = 20 * 1024 * 1024;

export type Gate = {
  arns: Arns;
  permissions: Permissions;
  chaos: Chaos;
  /** The secret of an access key; undefined: its signatures are taken as they come. */
  secretOf: (accessKeyId: string) => string | undefined;
  now: () => number;
  log: (error: unknown, call: string) => void;
};

/** Turns requests into calls of services, and whatever happens into an answer of the service's own kind. */
export const makeDispatch = (services: Service[], gate: Gate) => {
  const byName = new Map(services.map((service) => [service.name, service]));
  const byTarget = new Map(
    services.flatMap((service) =>
      service.kind === "operations" ? service.targets.map((target) => [target, service] as const) : [],
    ),
  );

  const serviceOf = (request: IncomingMessage, signature: Signature | undefined): Service | undefined => {
    const [target = ""] = String(request.headers["x-amz-target"] ?? "").split(".");
    const signed = byName.get(signature?.service ?? "");
    // An SDK without credentials still says whom it means.
    return byTarget.get(target) ?? signed ?? (signature ? undefined : byName.get("s3"));
  };

  const refuseUnknown = (accessKeyId: string, isJsonCall: boolean) => {
    if (gate.permissions.exists(accessKeyId)) return;
    const message = "The security token included in the request is invalid.";
    throw isJsonCall
      ? new AwsError("UnrecognizedClientException", message)
      : new AwsError("InvalidClientTokenId", message, { status: 403 });
  };

  const makeCall = (
    request: IncomingMessage,
    accessKeyId: string,
    requestId: string,
    signal: () => AbortSignal,
    denied: { code: string; status: number },
  ): Call => ({
    method: request.method ?? "GET",
    url: request.url ?? "/",
    headers: request.headers,
    requestId,
    accessKeyId,
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

  const readBody = async (request: IncomingMessage): Promise<Buffer> => {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request) {
      size += chunk.length;
      if (size > BODY_BYTES_MAX)
        throw new AwsError("RequestEntityTooLarge", "Request size exceeds the limit", { status: 413 });
      chunks.push(chunk);
    }
    return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  };

  /** Undefined if all is well. */
  const signatureFault = (request: IncomingMessage, signature: Signature, bodyHash: () => string) => {
    const secret = gate.secretOf(signature.accessKeyId);
    if (secret === undefined) return undefined;
    if (isExpired(signature, gate.now())) return "expired";
    const { method = "GET", url = "/", headers } = request;
    return isSignedWith(secret, signature, { method, url, headers, bodyHash: bodyHash() })
      ? undefined
      : "wrong";
  };

  const fateFor = (accessKeyId: string, batch: boolean): Fate =>
    accessKeyId === OPERATOR ? "spared" : fateOf(gate.chaos, batch);

  const perform = async (service: OperationService, asked: Asked, call: Call): Promise<Output> => {
    const operation = Object.hasOwn(service.operations, asked.operation)
      ? service.operations[asked.operation]
      : undefined;
    const { code, status } = service.unknownOperation;
    if (!operation || (asked.target && !service.targets.includes(asked.target))) {
      throw asked.protocol === "query"
        ? new AwsError("InvalidAction", `The action ${asked.operation} is not valid for this endpoint.`)
        : new AwsError(code, `${asked.operation} is not known here`, { status });
    }
    const run = async (input: Input): Promise<Output> => operation(input, call);
    const name = `${service.name}:${asked.operation}`;
    const fate = fateFor(call.accessKeyId, isBatch(name));
    return fate === "partial"
      ? runPartially(name, asked.input, gate.chaos.random, run)
      : suffer(fate, service, gate.chaos.random, () => run(asked.input));
  };

  const answerOperation = async (
    service: OperationService,
    request: IncomingMessage,
    signature: Signature | undefined,
    requestId: string,
    signal: () => AbortSignal,
  ): Promise<Answer> => {
    const [path = "/", search = ""] = (request.url ?? "/").split("?");
    const shape = { headers: request.headers, path, query: new URLSearchParams(search) };
    const protocol = isJson(shape) ? "json" : "query";
    try {
      const body = await readBody(request);
      if (!signature) {
        throw protocol === "json"
          ? new AwsError("MissingAuthenticationTokenException", "Request is missing Authentication Token", {
              status: service.name === "dynamodb" ? 400 : 403,
            })
          : new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", {
              status: 403,
            });
      }
      refuseUnknown(signature.accessKeyId, protocol === "json");
      const fault = signatureFault(request, signature, () => hashOf(body));
      if (fault) {
        const message =
          fault === "expired"
            ? `Signature expired: ${signature.time} is now too far from ${new Date(gate.now()).toISOString()}`
            : "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
        throw protocol === "json"
          ? new AwsError("InvalidSignatureException", message)
          : new AwsError("SignatureDoesNotMatch", message, { status: 403 });
      }
      const asked = readAsked(shape, body, service);
      const denied =
        protocol === "json"
          ? { code: "AccessDeniedException", status: 400 }
          : { code: "AccessDenied", status: 403 };
      const call = makeCall(request, signature.accessKeyId, requestId, signal, denied);
      return renderOutput(service, asked, await perform(service, asked, call), requestId);
    } catch (error) {
      if (!isExpected(error)) throw error;
      const shown = asAwsError(error, service);
      if (shown.status >= 500 && !(error instanceof AwsError))
        gate.log(error, `${service.name} ${request.headers["x-amz-target"] ?? ""}`);
      return renderError(service, protocol, shown, requestId);
    }
  };

  const answerRest = async (
    service: RestService,
    request: IncomingMessage,
    signature: Signature | undefined,
    requestId: string,
    signal: () => AbortSignal,
  ): Promise<Answer> => {
    const url = request.url ?? "/";
    const where = { requestId, url };
    let made: Answer | undefined;
    try {
      if (!signature) return service.error("AccessDenied", "Access Denied", 403, where);
      if (!gate.permissions.exists(signature.accessKeyId)) {
        return service.error(
          "InvalidAccessKeyId",
          "The AWS Access Key Id you provided does not exist in our records.",
          403,
          where,
        );
      }
      if (signature.presigned && isExpired(signature, gate.now()))
        return service.error("AccessDenied", "Request has expired", 403, where);
      const fault = signatureFault(request, signature, () => hashOf(""));
      if (fault === "expired")
        return service.error(
          "RequestTimeTooSkewed",
          "The difference between the request time and the current time is too large.",
          403,
          where,
        );
      if (fault)
        return service.error(
          "SignatureDoesNotMatch",
          "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
          403,
          where,
        );
      const call = makeCall(request, signature.accessKeyId, requestId, signal, {
        code: "AccessDenied",
        status: 403,
      });
      return await suffer(fateFor(signature.accessKeyId, false), service, gate.chaos.random, async () => {
        made = await service.handle(call, request);
        return made;
      });
    } catch (error) {
      // An answer that chaos lost still holds its file open.
      if (made?.body instanceof Readable) made.body.destroy();
      if (!isExpected(error)) throw error;
      if (error instanceof AwsError) return service.error(error.code, error.message, error.status, where);
      gate.log(error, `${service.name} ${request.method} ${url}`);
      return service.error(
        "InternalError",
        error instanceof Error ? error.message : String(error),
        500,
        where,
      );
    }
  };

  return async (request: IncomingMessage, signal: () => AbortSignal): Promise<Answer> => {
    const requestId = randomUUID();
    const search = (request.url ?? "").split("?")[1] ?? "";
    const signature = readSignature(request.headers, new URLSearchParams(search));
    const service = serviceOf(request, signature);
    if (!service) return unknownService(request, signature?.service ?? "", requestId);
    return service.kind === "operations"
      ? answerOperation(service, request, signature, requestId, signal)
      : answerRest(service, request, signature, requestId, signal);
  };
};

const isExpected = (error: unknown): boolean =>
  !(error instanceof Error && error.name === "DroppedConnection");
