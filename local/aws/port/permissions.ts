import { type Statement, statementsOf } from "#common/manifest/grants.ts";
import type { Declarations } from "#common/manifest/manifest.ts";
import type { Deployment } from "#common/manifest/names.ts";
import type { Permissions } from "../../seams.ts";

export const OPERATOR = "local";

const matchesWildcard = (pattern: string, value: string): boolean => {
  if (!pattern.includes("*")) return pattern === value;
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${source}$`).test(value);
};

/**
 * What each function's manifest grants; the port refuses all other calls. The port asks for a KMS key with the
 * ARN of the alias it was named by (`arn:…:alias/millrace-local-cursors`): a statement with `requestAlias`
 * allows exactly that one, as kms:RequestAlias does in AWS, and no key named by its id.
 */
export const permissionsFrom = (
  declarations: Pick<Declarations, "manifests" | "rights">,
  deployment: Deployment,
): Permissions => {
  const statements = new Map<string, Statement[]>(
    declarations.manifests.map((manifest) => [
      manifest.name,
      statementsOf(declarations, deployment, manifest),
    ]),
  );
  const aliasArn = (alias: string) =>
    `arn:${deployment.partition}:kms:${deployment.region}:${deployment.accountId}:${alias}`;

  const decide = (accessKeyId: string, action: string, resourceArn: string): boolean =>
    (statements.get(accessKeyId) ?? []).some(
      ({ actions, resources, requestAlias }) =>
        actions.some((pattern) => matchesWildcard(pattern, action)) &&
        (requestAlias === undefined
          ? resources.some((pattern) => matchesWildcard(pattern, resourceArn))
          : resourceArn === aliasArn(requestAlias)),
    );

  return {
    exists: (accessKeyId) => accessKeyId === OPERATOR || statements.has(accessKeyId),
    allows: (accessKeyId, action, resourceArn) =>
      accessKeyId === OPERATOR || decide(accessKeyId, action, resourceArn),
  };
};
