import type { IncomingMessage } from "node:http";
import type { RouteMatch } from "./routes.ts";

/** What the gateway's own address and name put into events. */
export type ApiIdentity = { accountId: string; apiId: string; stage: string; port: string };

export type ProxyEvent = {
  resource: string;
  path: string;
  httpMethod: string;
  headers: Record<string, string>;
  multiValueHeaders: Record<string, string[]>;
  queryStringParameters: Record<string, string> | null;
  multiValueQueryStringParameters: Record<string, string[]> | null;
  pathParameters: Record<string, string> | null;
  stageVariables: null;
  requestContext: Record<string, unknown> & {
    requestId: string;
    authorizer?: Record<string, string | number>;
  };
  body: string | null;
  isBase64Encoded: boolean;
};

/** Hop-by-hop headers, which API Gateway does not pass to a function. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
]);

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
let second = 0;
let secondText = "";

/** `21/Nov/2026:09:30:00 +0000`; made anew once a second. */
export const requestTime = (epochMs: number): string => {
  const current = Math.floor(epochMs / 1000);
  if (current !== second) {
    second = current;
    const iso = new Date(current * 1000).toISOString();
    secondText = `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
  }
  return secondText;
};

type Values = { single: Record<string, string>; multiple: Record<string, string[]> };

const add = ({ single, multiple }: Values, name: string, value: string): void => {
  // Plain objects are quicker to fill and to write than those without a prototype, and it has one setter.
  if (name === "__proto__") return;
  single[name] = value;
  if (Object.hasOwn(multiple, name)) multiple[name]?.push(value);
  else multiple[name] = [value];
};

const newValues = (): Values => ({ single: {}, multiple: {} });

/** Headers by the names the client wrote, the last value alone and all values. */
const headersOf = (rawHeaders: readonly string[]): Values => {
  const values = newValues();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (!HOP_BY_HOP.has(name.toLowerCase())) add(values, name, rawHeaders[at + 1] ?? "");
  }
  return values;
};

const queryOf = (query: string): Values => {
  const values = newValues();
  for (const [name, value] of new URLSearchParams(query)) add(values, name, value);
  return values;
};

/** The REST API's proxy event, format 1.0, without its body, which has not been read yet. */
export const proxyEvent = (
  request: IncomingMessage,
  path: string,
  query: string,
  { route, parameters }: RouteMatch,
  requestId: string,
  api: ApiIdentity,
  now: number,
): ProxyEvent => {
  const host = request.headers.host ?? "localhost";
  const colon = host.indexOf(":");
  const domainName = colon < 0 ? host : host.slice(0, colon);
  const sourceIp = request.socket.remoteAddress ?? "127.0.0.1";
  const headers = headersOf(request.rawHeaders);
  add(headers, "X-Forwarded-For", sourceIp);
  add(headers, "X-Forwarded-Port", api.port);
  add(headers, "X-Forwarded-Proto", "http");
  const trace = `Root=1-${Math.floor(now / 1000).toString(16)}-${requestId.slice(-12)}${requestId.slice(0, 8)}${requestId.slice(9, 13)}`;
  if (request.headers["x-amzn-trace-id"] === undefined) add(headers, "X-Amzn-Trace-Id", trace);
  const parsed = query === "" ? undefined : queryOf(query);
  return {
    resource: route.resource,
    path,
    httpMethod: route.method,
    headers: headers.single,
    multiValueHeaders: headers.multiple,
    queryStringParameters: parsed?.single ?? null,
    multiValueQueryStringParameters: parsed?.multiple ?? null,
    pathParameters: parameters,
    stageVariables: null,
    requestContext: {
      resourceId: route.resourceId,
      resourcePath: route.resource,
      httpMethod: route.method,
      extendedRequestId: requestId,
      requestTime: requestTime(now),
      path: `/${api.stage}${path}`,
      accountId: api.accountId,
      protocol: `HTTP/${request.httpVersion}`,
      stage: api.stage,
      domainPrefix: domainName.split(".", 1)[0],
      requestTimeEpoch: now,
      requestId,
      identity: {
        cognitoIdentityPoolId: null,
        accountId: null,
        cognitoIdentityId: null,
        caller: null,
        sourceIp,
        principalOrgId: null,
        accessKey: null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: null,
        userAgent: request.headers["user-agent"] ?? null,
        user: null,
      },
      domainName,
      deploymentId: "local",
      apiId: api.apiId,
    },
    body: null,
    isBase64Encoded: false,
  };
};
