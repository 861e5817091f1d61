import type { IncomingMessage } from "node:http";
import type { Answer } from "./service.ts";
import { element, wrap } from "./xml.ts";

const CODE = "UnknownOperationException";

/** Services that have paths and methods, and XML. */
const REST_XML = new Set(["s3", "s3control", "cloudfront", "route53"]);

type Fault = { message: string; requestId: string };

const xml = (root: string): string => `<?xml version="1.0"?>${root}`;
const inner = (message: string): string =>
  wrap("Error", element("Type", "Sender") + element("Code", CODE) + element("Message", message));

const queryError = ({ message, requestId }: Fault): string =>
  xml(wrap("ErrorResponse", inner(message) + element("RequestId", requestId)));

/** EC2 has a form of its own. */
const ec2Error = ({ message, requestId }: Fault): string =>
  xml(wrap("Response", wrap("Errors", inner(message)) + element("RequestID", requestId)));

const cborText = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const head =
    bytes.length < 24 ? Buffer.of(0x60 + bytes.length) : Buffer.of(0x79, bytes.length >> 8, bytes.length);
  return Buffer.concat([head, bytes]);
};

/** A map of two texts, as newer protocols want it (CloudWatch). */
const cborError = ({ message }: Fault): Buffer =>
  Buffer.concat([Buffer.of(0xa2), ...["__type", CODE, "message", message].map(cborText)]);

/**
 * Answers that a service is not emulated, in the protocol that the request shows. AWS has several protocols,
 * and the command line ends with a parser's error when it reads another one.
 */
export const unknownService = (request: IncomingMessage, name: string, requestId: string): Answer => {
  // Without the query, which may hold a signature.
  const asked = String(request.headers["x-amz-target"] ?? request.url?.split("?")[0] ?? "").slice(0, 200);
  const fault = { message: `No service ${name} here (${request.method} ${asked})`, requestId };
  const isForm = String(request.headers["content-type"]).startsWith("application/x-www-form-urlencoded");
  const answer = (type: string, body: string | Buffer): Answer => ({
    status: 400,
    headers: { "content-type": type, "x-amzn-requestid": requestId, "x-amzn-errortype": CODE },
    body,
  });
  if (request.headers["smithy-protocol"] === "rpc-v2-cbor") {
    const cbor = answer("application/cbor", cborError(fault));
    return { ...cbor, headers: { ...cbor.headers, "smithy-protocol": "rpc-v2-cbor" } };
  }
  if (isForm && name === "ec2") return answer("text/xml", ec2Error(fault));
  if (isForm || REST_XML.has(name)) return answer("text/xml", queryError(fault));
  return answer("application/x-amz-json-1.1", JSON.stringify({ __type: CODE, message: fault.message }));
};
