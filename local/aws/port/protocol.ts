import { AwsError, InputError } from "./errors.ts";
import { inputOfForm } from "./form.ts";
import { type Input, isRecord, type Output } from "./input.ts";
import type { Answer, OperationService } from "./service.ts";
import { element, wrap } from "./xml.ts";

/** How a request asks for an operation: AWS's JSON protocols, or the older query protocol. */
export type Asked = { protocol: "json" | "query"; target: string; operation: string; input: Input };

type Request = {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  path: string;
  query: URLSearchParams;
};

const header = (request: Request, name: string): string => String(request.headers[name] ?? "");

export const isJson = (request: Request): boolean => header(request, "x-amz-target") !== "";

const serialization = () => new AwsError("SerializationException", "The request body could not be parsed.");

export const readAsked = (request: Request, body: Buffer, service: OperationService): Asked => {
  if (isJson(request)) {
    const [target = "", operation = ""] = header(request, "x-amz-target").split(".");
    let input: unknown;
    try {
      input = body.length === 0 ? {} : JSON.parse(body.toString("utf8"));
    } catch {
      throw serialization();
    }
    if (!isRecord(input)) throw serialization();
    return { protocol: "json", target, operation, input };
  }
  const form = body.length > 0 ? new URLSearchParams(body.toString("utf8")) : request.query;
  const operation = form.get("Action") ?? "";
  const input = service.query?.input(operation, form, request.path) ?? inputOfForm(form);
  return { protocol: "query", target: "", operation, input };
};

/** A map in the query protocol's answers: `<entry><key/><value/></entry>`. */
export class XmlMap {
  readonly entries: Readonly<Record<string, string>>;
  constructor(entries: Readonly<Record<string, string>>) {
    this.entries = entries;
  }
  toJSON() {
    return this.entries;
  }
}

const xmlOf = (value: unknown): string => {
  if (value instanceof XmlMap) {
    return Object.entries(value.entries)
      .map(([key, inner]) => wrap("entry", element("key", key) + element("value", inner)))
      .join("");
  }
  if (Array.isArray(value)) return value.map((entry) => wrap("member", xmlOf(entry))).join("");
  if (isRecord(value)) {
    return Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([name, inner]) => wrap(name, xmlOf(inner)))
      .join("");
  }
  return element("x", String(value)).slice(3, -4);
};

export const renderOutput = (
  service: OperationService,
  asked: Asked,
  output: Output,
  requestId: string,
): Answer => {
  if (asked.protocol === "json") {
    return {
      status: 200,
      headers: {
        "content-type": `application/x-amz-json-${service.jsonVersion}`,
        "x-amzn-requestid": requestId,
      },
      body: JSON.stringify(output),
    };
  }
  const { operation } = asked;
  const inner = service.query?.output(operation, output) ?? xmlOf(output);
  const body = `<?xml version="1.0"?><${operation}Response xmlns="${service.xmlNamespace}">${wrap(`${operation}Result`, inner)}${wrap("ResponseMetadata", element("RequestId", requestId))}</${operation}Response>`;
  return { status: 200, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
};

export const renderError = (
  service: OperationService,
  protocol: "json" | "query",
  error: AwsError,
  requestId: string,
): Answer => {
  const fault = error.status >= 500 ? "Receiver" : "Sender";
  if (protocol === "json") {
    return {
      status: error.status,
      headers: {
        "content-type": `application/x-amz-json-${service.jsonVersion}`,
        "x-amzn-requestid": requestId,
        ...(service.protocols.includes("query")
          ? { "x-amzn-query-error": `${error.queryCode};${fault}` }
          : {}),
      },
      body: JSON.stringify({
        __type: `${service.errorPrefix}${service.jsonCodes?.[error.code] ?? error.code}`,
        message: error.message,
        ...error.fields,
      }),
    };
  }
  const inner = element("Type", fault) + element("Code", error.queryCode) + element("Message", error.message);
  return {
    status: error.status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<?xml version="1.0"?><ErrorResponse xmlns="${service.xmlNamespace}">${wrap("Error", inner)}${element("RequestId", requestId)}</ErrorResponse>`,
  };
};

/** Turns anything thrown into an error that AWS could answer. */
export const asAwsError = (error: unknown, service: OperationService): AwsError => {
  if (error instanceof AwsError) return error;
  if (error instanceof InputError) {
    return new AwsError(
      error.missing ? service.inputError.missing : service.inputError.invalid,
      error.message,
    );
  }
  return new AwsError("InternalFailure", error instanceof Error ? error.message : String(error), {
    status: 500,
  });
};
