import { grantsOf } from "./grants.ts";
import type { Declarations, Manifest, ResourceKind } from "./manifest.ts";
import {
  bucketName,
  type Deployment,
  environmentName,
  keyAlias,
  queueUrl,
  readerRoleArn,
  resourceName,
  topicArn,
  variableName,
} from "./names.ts";

const valueInEnvironment = (deployment: Deployment, kind: ResourceKind, name: string): string => {
  switch (kind) {
    case "queues":
      return queueUrl(deployment, name);
    case "topics":
      return topicArn(deployment, name);
    case "buckets":
      return bucketName(deployment, name);
    case "keys":
      return keyAlias(deployment, name);
    case "athena":
      return readerRoleArn(deployment, name);
    case "tables":
    case "buses":
    case "streams":
    case "secrets":
      return resourceName(deployment, name);
  }
};

/**
 * The environment variables of a function, the same in AWS and locally: one for each resource it may
 * touch (`RECORDS_TABLE`, `RECORDS_QUEUE_URL`, `RECORDS_DEAD_QUEUE_URL`, …), the settings it lists,
 * and what the shared logger, metrics and tracer read. Lambda's own variables are not here.
 */
export const environmentOf = (
  { rights, resources }: Pick<Declarations, "rights"> & Partial<Pick<Declarations, "resources">>,
  deployment: Deployment,
  manifest: Manifest,
  settings: Readonly<Record<string, string>>,
): Record<string, string> => ({
  ENVIRONMENT: deployment.environment,
  NODE_OPTIONS: "--enable-source-maps",
  POWERTOOLS_SERVICE_NAME: manifest.name,
  // By environment: two in one account would else raise each other's alarms.
  POWERTOOLS_METRICS_NAMESPACE: environmentName(deployment),
  ...Object.fromEntries(
    // A stream's reader knows its table by the records; it needs no name.
    grantsOf(manifest)
      .filter(({ right }) => right !== "stream")
      .map(({ kind, name }) => [
        `${variableName(name)}_${rights[kind].variable}`,
        valueInEnvironment(deployment, kind, name),
      ]),
  ),
  ...Object.fromEntries(
    // Where a workgroup's sessions find what they query, and leave results.
    Object.keys(manifest.access.athena ?? {}).flatMap((name) => {
      const { bucket } = resources?.athena?.[name] ?? {};
      return bucket === undefined
        ? []
        : [[`${variableName(bucket)}_${rights.buckets.variable}`, bucketName(deployment, bucket)]];
    }),
  ),
  ...Object.fromEntries(manifest.settings.map((name) => [name, settings[name] ?? ""])),
});
