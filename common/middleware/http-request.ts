import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Caller } from "#common/auth/caller.ts";
import { mayCall } from "#common/auth/roles.ts";
import { AppError } from "#common/errors/app-error.ts";
import type { RouteContract } from "#common/http/contract.ts";
import type { Fault } from "#common/validation/faults.ts";
import { parseJson } from "#common/validation/json.ts";

export const BODY_BYTES_MAX = 1_048_576;

/** A caller of a route that belongs to an organization: the token has one. */
export type Member = Caller & { organizationId: string };

/**
 * The second wall behind the authorizer: its cached answer may outlive the token, and a policy's
 * wildcards are coarser than routes.
 */
export const admit = (caller: Caller | undefined, role: string, now: Date): Member => {
  if (!caller || caller.expiresAt * 1000 <= now.getTime()) throw new AppError("TOKEN_EXPIRED");
  if (!mayCall(caller.roles, role)) throw new AppError("FORBIDDEN", { internal: `needs ${role}` });
  const { organizationId } = caller;
  if (organizationId === null) throw new AppError("FORBIDDEN", { internal: "the token has no organization" });
  return { ...caller, organizationId };
};

/** The body's text, within the route's size. */
export const bodyText = (event: APIGatewayProxyEvent, bytesMax = BODY_BYTES_MAX): string => {
  const text = event.isBase64Encoded
    ? Buffer.from(event.body ?? "", "base64").toString("utf8")
    : (event.body ?? "");
  if (Buffer.byteLength(text) > bytesMax) {
    throw new AppError("BODY_TOO_LARGE", {
      errors: [{ path: "", message: `must have at most ${bytesMax} bytes` }],
    });
  }
  return text;
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
 * value or every fault; throws `BODY_NOT_JSON` for what is no JSON.
 */
export type ReadBody = (text: string, caller: Member) => { value: unknown; faults: Fault[] };

/** Body and query against the route's contract; one error names the faults of both. */
export const validateRequest = (
  event: APIGatewayProxyEvent,
  contract: RouteContract,
  rawBody: string,
  readBody?: (text: string) => ReturnType<ReadBody>,
) => {
  const errors: Fault[] = [];
  const query = queryOf(event);
  if (contract.query) errors.push(...contract.query.faults(query));
  else
    errors.push(
      ...Object.keys(query).map((name) => ({ path: `/${name}`, message: "is not a known parameter" })),
    );
  let body: unknown;
  if (contract.body && readBody) {
    const read = readBody(rawBody);
    body = read.value;
    errors.push(...read.faults);
  } else if (contract.body) {
    const parsed = parseJson(rawBody);
    body = parsed.value;
    errors.push(...parsed.faults, ...contract.body.faults(body));
  }
  if (errors.length > 0) throw new AppError("INPUT_INVALID", { errors });
  return { body, query };
};
