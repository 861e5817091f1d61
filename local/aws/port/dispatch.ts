import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isLoopbackHost } from "../../loopback.ts";
import { answerOperation, protocolOf } from "./answer-operation.ts";
import { answerRest } from "./answer-rest.ts";
import { AwsError } from "./errors.ts";
import type { Gate, Passage } from "./gate.ts";
import { isRefusedPage } from "./page.ts";
import { OPERATOR } from "./permissions.ts";
import { renderError } from "./protocol.ts";
import type { Answer, Service } from "./service.ts";
import { readSignature, type Signature } from "./signature.ts";
import { unknownService } from "./unknown-service.ts";

/** Requests that are refused whatever they ask for. */
const refusalOf = ({ request, signature }: Passage): AwsError | undefined => {
  if (!isLoopbackHost(request.headers.host)) {
    return new AwsError("AccessDenied", "This endpoint answers only to names of this machine.", {
      status: 403,
    });
  }
  if (isRefusedPage(request, signature)) {
    return new AwsError("AccessDenied", "This endpoint answers no web page of another origin.", {
      status: 403,
    });
  }
  return undefined;
};

const render = (service: Service | undefined, passage: Passage, error: AwsError): Answer => {
  const { request, requestId } = passage;
  if (service?.kind === "operations") return renderError(service, protocolOf(request), error, requestId);
  if (service) {
    return service.error(error.code, error.message, error.status, { requestId, url: request.url ?? "/" });
  }
  return {
    status: error.status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
};

/** Turns requests into calls of services, and results and errors into answers in the service's protocol. */
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
    // A request without a signature names its service in `x-amz-target`; one without that header is taken for
    // S3's.
    return byTarget.get(target) ?? signed ?? (signature ? undefined : byName.get("s3"));
  };

  const answer = async (passage: Passage): Promise<Answer> => {
    const { request, signature, requestId } = passage;
    const service = serviceOf(request, signature);
    const refusal = refusalOf(passage);
    if (refusal) return render(service, passage, refusal);
    if (!service) return unknownService(request, signature?.service ?? "", requestId);
    return service.kind === "operations"
      ? answerOperation(gate, service, passage)
      : answerRest(gate, service, passage);
  };

  return async (request: IncomingMessage, signal: () => AbortSignal): Promise<Answer> => {
    const search = (request.url ?? "").split("?")[1] ?? "";
    const signature = readSignature(request.headers, new URLSearchParams(search));
    const given = await answer({ request, signature, requestId: randomUUID(), signal });
    // The SDK corrects its clock by this header. A function's is the platform's, and the operator's the machine's.
    const date = signature && signature.accessKeyId !== OPERATOR ? gate.movedDate() : undefined;
    return date === undefined ? given : { ...given, headers: { ...given.headers, date } };
  };
};
