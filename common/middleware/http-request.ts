import { isUtf8 } from "node:buffer";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Caller } from "#common/auth/caller.ts";
import { mayCall } from "#common/auth/roles.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Fault, FaultList, step } from "#common/errors/fault.ts";
import type { RouteContract } from "#common/http/contract.ts";
import { parseJson } from "#common/json/json.ts";

export const BODY_BYTES_MAX = 1_048_576;

/** A caller of a route that belongs to an organization: the token has one. */
export type Member = Caller & { organizationId: string };

/**
 * The second wall behind the authorizer: its cached answer may outlive the token, and a policy's
 * wildcards are coarser than routes.
 */
export const admit = (caller: Caller | undefined, role: string, now: Date): Member => {
  // Not `<=`: a time that is no number must not let anybody in.
  if (!caller || !(caller.expiresAt * 1000 > now.getTime())) throw new AppError("TOKEN_EXPIRED");
  if (!mayCall(caller.roles, role)) throw new AppError("FORBIDDEN", { internal: `needs ${role}` });
  const { organizationId } = caller;
  if (organizationId === null) throw new AppError("FORBIDDEN", { internal: "the token has no organization" });
  return { ...caller, organizationId };
};

const tooLarge = (bytesMax: number) =>
  new AppError("BODY_TOO_LARGE", { errors: [{ path: "", message: `must have at most ${bytesMax} bytes` }] });

/** The body's text, within the route's size. Bytes that are no UTF-8 are refused, not replaced. */
export const bodyText = (event: APIGatewayProxyEvent, bytesMax = BODY_BYTES_MAX): string => {
  const body = event.body ?? "";
  if (!event.isBase64Encoded) {
    if (Buffer.byteLength(body) > bytesMax) throw tooLarge(bytesMax);
    return body;
  }
  const bytes = Buffer.from(body, "base64");
  if (bytes.byteLength > bytesMax) throw tooLarge(bytesMax);
  if (!isUtf8(bytes)) {
    throw new AppError("BODY_NOT_JSON", { errors: [{ path: "", message: "must be UTF-8" }] });
  }
  return bytes.toString("utf8");
};

/** Every value of a repeated parameter; one alone is not a list. */
const queryOf = (event: APIGatewayProxyEvent): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(event.multiValueQueryStringParameters ?? {}).map(([name, values]) => [
      name,
      values?.length === 1 ? values[0] : values,
    ]),
  );

/**
 * Reads a body in place of its schema's check, for rules that no schema can say and for speed. Answers the
 * value or every fault; throws `BODY_NOT_JSON` with the faults found `beside` the body for what is no JSON.
 */
export type ReadBody = (
  text: string,
  caller: Member,
  beside?: Fault[],
) => { value: unknown; faults: Fault[] };

/** Body and query against the route's contract; one error names the faults of both. */
export const validateRequest = (
  event: APIGatewayProxyEvent,
  contract: RouteContract,
  rawBody: string,
  readBody?: (text: string, beside: Fault[]) => ReturnType<ReadBody>,
) => {
  const list = new FaultList();
  const query = queryOf(event);
  if (contract.query) list.add(...contract.query.faults(query));
  else
    list.add(
      ...Object.keys(query).map((name) => ({ path: step(name), message: "is not a known parameter" })),
    );
  let body: unknown;
  if (contract.body && readBody) {
    const read = readBody(rawBody, list.faults);
    body = read.value;
    list.add(...read.faults);
  } else if (contract.body) {
    const parsed = parseJson(rawBody, list.faults);
    body = parsed.value;
    list.add(...parsed.faults, ...contract.body.faults(body));
  }
  if (list.faults.length > 0) throw new AppError("INPUT_INVALID", { errors: list.faults });
  return { body, query };
};
