import type { IncomingMessage } from "node:http";
import { isBatch, runPartially, suffer } from "./chaos.ts";
import { countCall } from "./count-call.ts";
import { AwsError } from "./errors.ts";
import { fateFor, type Gate, isAnswerable, makeCall, type Passage, signatureFault } from "./gate.ts";
import type { Input, Output } from "./input.ts";
import { type Asked, asAwsError, isJson, readAsked, renderError, renderOutput } from "./protocol.ts";
import type { Answer, Call, OperationService } from "./service.ts";
import { hashOf, type Signature } from "./signature.ts";

const BODY_BYTES_MAX = 20 * 1024 * 1024;

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

const shapeOf = (request: IncomingMessage) => {
  const [path = "/", search = ""] = (request.url ?? "/").split("?");
  return { headers: request.headers, path, query: new URLSearchParams(search) };
};

export const protocolOf = (request: IncomingMessage): "json" | "query" =>
  isJson(shapeOf(request)) ? "json" : "query";

const unsigned = (service: OperationService, protocol: "json" | "query"): AwsError =>
  protocol === "json"
    ? new AwsError("MissingAuthenticationTokenException", "Request is missing Authentication Token", {
        status: service.name === "dynamodb" ? 400 : 403,
      })
    : new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", { status: 403 });

const unknownCaller = (protocol: "json" | "query"): AwsError => {
  const message = "The security token included in the request is invalid.";
  return protocol === "json"
    ? new AwsError("UnrecognizedClientException", message)
    : new AwsError("InvalidClientTokenId", message, { status: 403 });
};

const wrongSignature = (
  fault: "expired" | "wrong",
  { time }: Signature,
  now: number,
  protocol: "json" | "query",
): AwsError => {
  const message =
    fault === "expired"
      ? `Signature expired: ${time} is now too far from ${new Date(now).toISOString()}`
      : "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
  return protocol === "json"
    ? new AwsError("InvalidSignatureException", message)
    : new AwsError("SignatureDoesNotMatch", message, { status: 403 });
};

const perform = async (gate: Gate, service: OperationService, asked: Asked, call: Call): Promise<Output> => {
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
  const fate = fateFor(gate, call.accessKeyId, isBatch(name));
  return countCall(gate, service, asked.operation, call, () =>
    fate === "partial"
      ? runPartially(name, asked.input, gate.chaos.random, run)
      : suffer(fate, service, gate.chaos.random, () => run(asked.input)),
  );
};

/** Answers a call of a service with named operations, in the protocol of the request. */
export const answerOperation = async (
  gate: Gate,
  service: OperationService,
  passage: Passage,
): Promise<Answer> => {
  const { request, signature, requestId } = passage;
  const protocol = protocolOf(request);
  try {
    const body = await readBody(request);
    if (!signature) throw unsigned(service, protocol);
    if (!gate.permissions.exists(signature.accessKeyId)) throw unknownCaller(protocol);
    const fault = signatureFault(gate, request, signature, () => hashOf(body));
    if (fault) throw wrongSignature(fault, signature, gate.now(), protocol);
    const asked = readAsked(shapeOf(request), body, service);
    const denied =
      protocol === "json"
        ? { code: "AccessDeniedException", status: 400 }
        : { code: "AccessDenied", status: 403 };
    const call = makeCall(gate, passage, signature.accessKeyId, denied);
    return renderOutput(service, asked, await perform(gate, service, asked, call), requestId);
  } catch (error) {
    if (!isAnswerable(error)) throw error;
    const shown = asAwsError(error, service);
    if (shown.status >= 500 && !(error instanceof AwsError))
      gate.log(error, `${service.name} ${request.headers["x-amz-target"] ?? ""}`);
    return renderError(service, protocol, shown, requestId);
  }
};
