import type { Refusal } from "./refusal.ts";

type Headers = {
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
};

/** The scheme's name is case-insensitive (RFC 9110, 11.1), and one token follows it. */
const BEARER = /^bearer +([^\s,]+)$/i;

/**
 * The token of the one Authorization header. Two of them are refused, because a proxy before the platform
 * or the gateway's cache may go by the other one.
 */
export const bearerToken = ({ headers, multiValueHeaders }: Headers): { token: string } | Refusal => {
  const isAuthorization = ([name]: readonly [string, unknown]) => name.toLowerCase() === "authorization";
  const single = Object.entries(headers ?? {}).filter(isAuthorization);
  const multiple = Object.entries(multiValueHeaders ?? {}).filter(isAuthorization);
  const values =
    multiple.length > 0 ? multiple.flatMap(([, each]) => each ?? []) : single.map(([, each]) => each);
  if (values.length === 0) return "missing";
  const token = values.length === 1 && single.length <= 1 ? BEARER.exec(values[0] ?? "")?.[1] : undefined;
  return token === undefined ? "malformed" : { token };
};
