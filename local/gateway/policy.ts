/** A custom authorizer's policy, as far as API Gateway reads it. */
export type Policy = (resourceArn: string) => boolean;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

const wildcards = (pattern: string): ((value: string) => boolean) => {
  if (!/[*?]/.test(pattern)) return (value) => value === pattern;
  const source = pattern
    .split(/([*?])/)
    .map((part) => (part === "*" ? ".*" : part === "?" ? "." : escaped(part)))
    .join("");
  const expression = new RegExp(`^${source}$`, "s");
  return (value) => expression.test(value);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const texts = (value: unknown): string[] => {
  const list = [value].flat();
  if (list.length === 0 || !list.every((one): one is string => typeof one === "string")) {
    throw new TypeError("a statement's Action and Resource must be strings");
  }
  return list;
};

const isInvoke = (action: string): boolean => wildcards(action.toLowerCase())("execute-api:invoke");

/**
 * Reads a policy document once, so that each question to it is cheap. A Deny wins over every Allow; a route
 * that no statement names is refused. Throws for an invalid policy.
 */
export const readPolicy = (document: unknown): Policy => {
  if (!isRecord(document)) throw new TypeError("policyDocument is missing");
  const { Statement: statements } = document;
  const allows: ((value: string) => boolean)[] = [];
  const denies: ((value: string) => boolean)[] = [];
  for (const statement of [statements].flat()) {
    if (!isRecord(statement)) throw new TypeError("a statement must be an object");
    const { Effect: effect } = statement;
    if (effect !== "Allow" && effect !== "Deny") throw new TypeError("Effect must be Allow or Deny");
    const resources = texts(statement.Resource).map(wildcards);
    if (texts(statement.Action).some(isInvoke)) (effect === "Allow" ? allows : denies).push(...resources);
  }
  return (arn) => !denies.some((matches) => matches(arn)) && allows.some((matches) => matches(arn));
};
