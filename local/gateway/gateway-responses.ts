import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the gateway itself answers, by AWS's names of the cases. */
export type Refusal =
  | "UNAUTHORIZED"
  | "ACCESS_DENIED"
  | "MISSING_AUTHENTICATION_TOKEN"
  | "REQUEST_TOO_LARGE"
  | "HEADERS_TOO_LARGE"
  | "HOST_NOT_LOCAL"
  | "PAGE_NOT_LOCAL"
  | "EXPECTATION_FAILED"
  | "THROTTLED"
  | "QUOTA_EXCEEDED"
  | "INVALID_API_KEY"
  | "AUTHORIZER_FAILURE"
  | "AUTHORIZER_CONFIGURATION_ERROR"
  | "INTEGRATION_FAILURE"
  | "INTEGRATION_TIMEOUT"
  | "BAD_REQUEST_PARAMETERS"
  | "DEFAULT_4XX"
  | "DEFAULT_5XX";

type Entry = {
  status: number;
  code: string;
  title: string;
  detail: string;
  headers?: Record<string, string>;
};

export type GatewayAnswer = { status: number; headers: string[]; body: string | Buffer };
export type GatewayResponses = (refusal: Refusal, requestId: string) => GatewayAnswer;

export const PROBLEM_TYPE = "application/problem+json";

/** Refusals that AWS makes before it looks at the API, so that no gateway response can be set for them. */
const BEFORE_THE_API: Partial<Record<Refusal, Entry>> = {
  HEADERS_TOO_LARGE: {
    status: 431,
    code: "HEADERS_TOO_LARGE",
    title: "Request Header Fields Too Large",
    detail: "The request line and the headers are larger than 10,240 bytes together.",
  },
  HOST_NOT_LOCAL: {
    status: 403,
    code: "FORBIDDEN",
    title: "Forbidden",
    detail: "The local platform answers only to names of this machine, such as localhost.",
  },
  PAGE_NOT_LOCAL: {
    status: 403,
    code: "FORBIDDEN",
    title: "Forbidden",
    detail: "This route answers no web page of another origin.",
  },
  EXPECTATION_FAILED: {
    status: 417,
    code: "BAD_REQUEST",
    title: "Expectation Failed",
    detail: "The header Expect may only be 100-continue.",
  },
};

/** Reads `gateway-responses.json`, which Terraform sets on the API in AWS, from the functions folder. */
export const loadGatewayResponses = (functionsFolder: string): GatewayResponses => {
  const file = join(functionsFolder, "gateway-responses.json");
  const entries = { ...JSON.parse(readFileSync(file, "utf8")), ...BEFORE_THE_API } as Partial<
    Record<Refusal, Entry>
  >;
  const entryOf = (refusal: Refusal): Entry => {
    const [client, server] = [entries.DEFAULT_4XX, entries.DEFAULT_5XX];
    const entry = entries[refusal] ?? (/TIMEOUT|FAILURE|ERROR|5XX/.test(refusal) ? server : client);
    if (entry === undefined) throw new Error(`${file} has neither ${refusal} nor a default for it`);
    return entry;
  };
  return (refusal, requestId) => {
    const { status, code, title, detail, headers = {} } = entryOf(refusal);
    const type = `urn:millrace:problem:${code.toLowerCase().replaceAll("_", "-")}`;
    return {
      status,
      headers: [...Object.entries(headers).flat(), "content-type", PROBLEM_TYPE, "x-request-id", requestId],
      body: JSON.stringify({ type, title, status, detail, code, requestId }),
    };
  };
};
