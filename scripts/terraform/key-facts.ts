import { list, text } from "./values.ts";

/** Which roles of the state the key for data at rest admits. The policy names ARNs by convention; a role may have another. */
export const admittedRoles = (keys: unknown[], roles: unknown[]): [string, string][] => {
  const names = new Map(roles.map((role) => [text(role, "arn"), text(role, "name")]));
  return keys
    .filter((key) => text(key, "policy") !== "")
    .flatMap((key) => list(JSON.parse(text(key, "policy")), "Statement"))
    .flatMap((statement) => list(statement, "Condition", "ArnEquals", "aws:PrincipalArn"))
    .map((arn) => {
      const name = names.get(String(arn));
      return [
        `key for data at rest admits ${name ?? String(arn)}`,
        name === undefined ? "no such role" : "yes",
      ];
    });
};
