import { ERRORS } from "#common/errors/catalogue.ts";
import type { RouteContract } from "#common/http/contract.ts";
import { PROBLEM_TYPE } from "#common/http/problem.ts";
import gatewayResponses from "#functions/gateway-responses.json" with { type: "json" };

type Json = Record<string, unknown>;

/** What the document needs to know of a route to say how it may be refused. */
export type RefusedRoute = { path: string; isPublic: boolean; contract: RouteContract };

type Refusal = { name: string; description: string; of: (route: RefusedRoute) => boolean };

const every = (): boolean => true;
const isIdempotent = ({ contract }: RefusedRoute): boolean => contract.idempotent === true;

/** How a route may be refused, by a function or by the gateway in front of it. */
const REFUSALS: Record<number, Refusal> = {
  400: { name: "BadRequest", description: "The request has faults; `errors` names them.", of: every },
  401: {
    name: "Unauthorized",
    description: "No token, or one that is not valid or has expired.",
    of: ({ isPublic }) => !isPublic,
  },
  403: {
    name: "Forbidden",
    description: "The token does not open this route, or the firewall refused the request.",
    of: every,
  },
  404: {
    name: "NotFound",
    description: "There is no such thing, or it belongs to another.",
    of: ({ path }) => path.includes("{"),
  },
  409: { name: "Conflict", description: "The first request with this key still runs.", of: isIdempotent },
  413: { name: "ContentTooLarge", description: "The body is larger than the route takes.", of: every },
  422: {
    name: "UnprocessableContent",
    description: "The Idempotency-Key was used with another body.",
    of: isIdempotent,
  },
  429: {
    name: "TooManyRequests",
    description: "The rate or the quota of requests is used up.",
    of: every,
  },
  431: {
    name: "HeadersTooLarge",
    description:
      "The request line and the headers have more than 10,240 bytes. AWS refuses them before it looks at the API, in words of its own.",
    of: every,
  },
  500: { name: "InternalServerError", description: "Something went wrong.", of: every },
  502: { name: "BadGateway", description: "The function gave no usable answer.", of: every },
  503: {
    name: "ServiceUnavailable",
    description: "Something that the platform depends on did not answer, or there was too much to do.",
    of: every,
  },
  504: { name: "GatewayTimeout", description: "The function took too long.", of: every },
};

/** Refused before the API, so that no gateway response stands for it. */
const BEFORE_THE_API = { status: 431, code: "HEADERS_TOO_LARGE" };

/** These end messages, and no request. */
const OF_MESSAGES: readonly string[] = ["MESSAGE_NOT_JSON", "MESSAGE_INVALID"];

const CODES: readonly { status: number; code: string }[] = [
  ...Object.entries(ERRORS).map(([code, { status }]) => ({ status, code })),
  ...Object.values(gatewayResponses).map(({ status, code }) => ({ status, code })),
  BEFORE_THE_API,
].filter(({ code }) => !OF_MESSAGES.includes(code));

const codesOf = (status: number): string[] => [
  ...new Set(CODES.flatMap((known) => (known.status === status ? [known.code] : []))),
];

const REQUEST_ID = {
  "x-request-id": {
    description: "Finds the request in logs and traces.",
    required: true,
    schema: { type: "string" },
  },
};
const RETRY_AFTER = {
  "Retry-After": { description: "Seconds after which to try again.", schema: { type: "string" } },
};

/** The headers of every answer, and of a refusal that may be over soon. */
export const headersOf = (status: number): Json =>
  [409, 429, 503].includes(status) ? { ...REQUEST_ID, ...RETRY_AFTER } : REQUEST_ID;

/** The content of a refusal with this status: a problem with one of the status's codes. */
export const problemContent = (status: number): Json => ({
  [PROBLEM_TYPE]: {
    schema: {
      allOf: [
        { $ref: "#/components/schemas/Problem" },
        { type: "object", properties: { status: { const: status }, code: { enum: codesOf(status) } } },
      ],
    },
  },
});

/** The refusals that routes share, for `components`. */
export const problemResponses = (): Json =>
  Object.fromEntries(
    Object.entries(REFUSALS).map(([status, { name, description }]) => [
      name,
      { description, headers: headersOf(Number(status)), content: problemContent(Number(status)) },
    ]),
  );

/** The shared refusals of one route by their status. */
export const refusalsOf = (route: RefusedRoute): Json =>
  Object.fromEntries(
    Object.entries(REFUSALS)
      .filter(([, { of }]) => of(route))
      .map(([status, { name }]) => [status, { $ref: `#/components/responses/${name}` }]),
  );

export const PROBLEM_SCHEMA = {
  type: "object",
  description: "RFC 9457 problem details.",
  required: ["type", "title", "status", "detail", "code", "requestId"],
  properties: {
    type: { type: "string", pattern: "^urn:millrace:problem:[a-z0-9-]+$" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string", description: "One that docs/errors.md explains." },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["in", "path", "message"],
        properties: {
          in: { type: "string", enum: ["body", "query", "path", "header"] },
          path: { type: "string", description: "A JSON pointer within that part." },
          message: { type: "string" },
        },
        additionalProperties: false,
      },
    },
  },
};
