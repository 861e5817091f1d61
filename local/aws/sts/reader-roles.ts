import { readFileSync } from "node:fs";
import { join } from "node:path";
import { databaseName } from "#common/logs/lake-tables.ts";
import type { Deployment } from "#common/manifest/names.ts";
import { bucketName, resourceName } from "#common/manifest/names.ts";

/** `functions/reader-roles.json`: what a session of a role may do, by the tags that it carries. */
export type ReaderStatement = {
  effect: "Allow" | "Deny";
  actions: string[];
  resources: string[];
  /** Holds unless the session has this tag. */
  unlessTag?: Record<string, string>;
  /** Only lists of these prefixes; a request that names none is not covered. */
  prefixes?: string[];
};
export type ReaderRole = { description: string; tags: string[]; statements: ReaderStatement[] };
export type ReaderRoles = Readonly<Record<string, ReaderRole>>;

/** None where the folder of functions has none, as in most tests. */
export const loadReaderRoles = (functionsFolder: string): ReaderRoles => {
  try {
    return JSON.parse(readFileSync(join(functionsFolder, "reader-roles.json"), "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
};

/** The ARN that a role of this name has. */
export const roleArn = (deployment: Deployment, name: string): string =>
  `arn:${deployment.partition}:iam::${deployment.accountId}:role/${resourceName(deployment, name)}`;

/** What stands for the words in braces, but the tags'. */
const words = (deployment: Deployment, workgroup: string): Readonly<Record<string, string>> => {
  const { partition, region, accountId, environment } = deployment;
  const glue = `arn:${partition}:glue:${region}:${accountId}`;
  const database = databaseName(environment);
  return {
    lake: `arn:${partition}:s3:::${bucketName(deployment, "lake")}`,
    environment,
    workgroup: `arn:${partition}:athena:${region}:${accountId}:workgroup/${resourceName(deployment, workgroup)}`,
    catalog: `${glue}:catalog`,
    database: `${glue}:database/${database}`,
    table: `${glue}:table/${database}/*`,
  };
};

const matches = (pattern: string, value: string): boolean => {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${source}$`, "s").test(value);
};

/** Whether a session of the role, with these tags, may do this. */
export const roleAllows = (
  [name, role]: readonly [name: string, role: ReaderRole],
  deployment: Deployment,
  tags: Readonly<Record<string, string>>,
  action: string,
  resourceArn: string,
): boolean => {
  // The role of a workgroup is named after it.
  const known = words(deployment, name.replace(/-reader$/, ""));
  const fill = (resource: string): string | undefined => {
    let isWhole = true;
    const filled = resource.replace(/\{([a-z]+)\}/g, (_, word: string) => {
      // A tag's value is no pattern; one that is missing covers nothing, as in AWS.
      const value = known[word] ?? tags[word];
      if (value === undefined) isWhole = false;
      return value ?? "";
    });
    return isWhole ? filled : undefined;
  };
  const covering = role.statements.filter(
    ({ actions, resources, prefixes, unlessTag = {} }) =>
      prefixes === undefined &&
      actions.includes(action) &&
      !Object.entries(unlessTag).some(([tag, value]) => tags[tag] === value) &&
      resources.some((resource) => {
        const pattern = fill(resource);
        return pattern !== undefined && matches(pattern, resourceArn);
      }),
  );
  return covering.length > 0 && covering.every(({ effect }) => effect === "Allow");
};
