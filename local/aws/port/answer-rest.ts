import { Readable } from "node:stream";
import { suffer } from "./chaos.ts";
import { countCall } from "./count-call.ts";
import { AwsError } from "./errors.ts";
import { fateFor, type Gate, isAnswerable, makeCall, type Passage, pathOf, signatureFault } from "./gate.ts";
import type { Answer, RestService } from "./service.ts";
import { hashOf, isExpired, type Signature } from "./signature.ts";

const refusalOf = (gate: Gate, { request, signature }: Passage): AwsError | Signature => {
  const refuse = (code: string, message: string) => new AwsError(code, message, { status: 403 });
  if (!signature) return refuse("AccessDenied", "Access Denied");
  if (!gate.permissions.exists(signature.accessKeyId)) {
    return refuse("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  }
  if (signature.presigned && isExpired(signature, gate.now()))
    return refuse("AccessDenied", "Request has expired");
  switch (signatureFault(gate, request, signature, () => hashOf(""))) {
    case "expired":
      return refuse(
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
      );
    case "wrong":
      return refuse(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      );
    default:
      return signature;
  }
};

/** Answers a request to a service that reads paths and methods itself. */
export const answerRest = async (gate: Gate, service: RestService, passage: Passage): Promise<Answer> => {
  const { request, requestId } = passage;
  const where = { requestId, url: request.url ?? "/" };
  let made: Answer | undefined;
  try {
    const caller = refusalOf(gate, passage);
    if (caller instanceof AwsError) throw caller;
    const { accessKeyId } = caller;
    const call = makeCall(gate, passage, accessKeyId, { code: "AccessDenied", status: 403 });
    const fate = fateFor(gate, accessKeyId, false);
    const run = () =>
      suffer(fate, service, gate.chaos.random, async () => {
        made = await service.handle(call, request);
        return made;
      });
    const action = service.actionOf(call);
    if (action === undefined) return await run();
    return await countCall(gate, service, action, call, run, ({ status }) => status >= 400);
  } catch (error) {
    // An answer that chaos dropped still holds its file open.
    if (made?.body instanceof Readable) made.body.destroy();
    if (!isAnswerable(error)) throw error;
    if (error instanceof AwsError) return service.error(error.code, error.message, error.status, where);
    gate.log(error, `${service.name} ${request.method} ${pathOf(request)}`);
    const message = error instanceof Error ? error.message : String(error);
    return service.error("InternalError", message, 500, where);
  }
};
