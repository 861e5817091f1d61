import type { Manifest, ResourceKind, StreamResource } from "./manifest.ts";

/** Where a platform stands: the Terraform workspace (or `local`) and the AWS coordinates of its names. */
export type Deployment = {
  environment: string;
  region: string;
  accountId: string;
  /** `aws`, `aws-us-gov`, … */
  partition: string;
  /** Origin of queue URLs: `https://sqs.<region>.amazonaws.com`, or the local endpoint. */
  queueOrigin: string;
  /** Appended to bucket names, which are global in AWS: `-<account id>`, or nothing locally. */
  bucketSuffix: string;
};

/** `millrace-dev`: what every name of an environment begins with, and its metrics' namespace. */
export const environmentName = ({ environment }: Pick<Deployment, "environment">): string =>
  `millrace-${environment}`;

export const resourceName = (deployment: Pick<Deployment, "environment">, name: string): string =>
  `${environmentName(deployment)}-${name}`;

export const bucketName = (deployment: Deployment, name: string): string =>
  `${resourceName(deployment, name)}${deployment.bucketSuffix}`;

/** A queue's dead-letter queue, by the queue's name; a function's own, by the function's. */
export const deadLetterName = (name: string): string => `${name}-dead`;

export const queueUrl = (deployment: Deployment, name: string): string =>
  `${deployment.queueOrigin}/${deployment.accountId}/${resourceName(deployment, name)}`;

/** `data-persister` → `DATA_PERSISTER`. */
export const variableName = (name: string): string => name.replaceAll("-", "_").toUpperCase();

export const functionArn = (deployment: Deployment, manifest: Pick<Manifest, "name">): string =>
  `arn:${deployment.partition}:lambda:${deployment.region}:${deployment.accountId}:function:${resourceName(deployment, manifest.name)}`;

/** The alias of every function, which a roll-out moves from version to version. */
export const ALIAS = "live";

/** What triggers invoke. */
export const aliasArn = (deployment: Deployment, manifest: Pick<Manifest, "name">): string =>
  `${functionArn(deployment, manifest)}:${ALIAS}`;

/** ARNs that a right on a resource covers; a table's right covers its indexes. */
export const resourceArns = (
  deployment: Deployment,
  kind: ResourceKind,
  name: string,
  right: string,
): string[] => {
  const { partition, region, accountId } = deployment;
  const at = (service: string, rest: string) => `arn:${partition}:${service}:${region}:${accountId}:${rest}`;
  const full = resourceName(deployment, name);
  switch (kind) {
    case "tables":
      return right === "stream"
        ? [at("dynamodb", `table/${full}/stream/*`)]
        : [at("dynamodb", `table/${full}`), at("dynamodb", `table/${full}/index/*`)];
    case "queues":
      return [at("sqs", full)];
    case "topics":
      return [at("sns", full)];
    case "buckets": {
      const arn = `arn:${partition}:s3:::${bucketName(deployment, name)}`;
      return right === "list" || right === "versions" ? [arn] : [`${arn}/*`];
    }
    case "buses":
      return [at("events", `event-bus/${full}`)];
    case "streams":
      // How many there are is a setting.
      return [at("firehose", `deliverystream/${full}`), at("firehose", `deliverystream/${full}-*`)];
    case "athena":
      return [readerRoleArn(deployment, name)];
    case "keys":
      // A key's own id is known only after it is made; the policy narrows this by kms:RequestAlias.
      return [at("kms", "key/*")];
    case "secrets":
      // Secrets Manager adds six characters of its own.
      return [at("secretsmanager", `secret:${full}-??????`)];
  }
};

/** The role whose sessions query in this workgroup. */
export const readerRoleArn = (deployment: Deployment, name: string): string =>
  `arn:${deployment.partition}:iam::${deployment.accountId}:role/${resourceName(deployment, name)}-reader`;

/** The alias by which functions name a KMS key. */
export const keyAlias = (deployment: Pick<Deployment, "environment">, name: string): string =>
  `alias/${resourceName(deployment, name)}`;

/** `logs`, `logs-1`, …: the names of the delivery streams that are declared together. */
export const streamNames = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, number) => (number === 0 ? name : `${name}-${number}`));

/** Where a stream delivers: a folder for each of its keys, which its function gives every record. */
export const streamPrefix = ({ prefix, partitionKeys }: StreamResource): string =>
  prefix + partitionKeys.map((key) => `${key}=!{partitionKeyFromLambda:${key}}/`).join("");

/** Where a stream keeps what it could not deliver. */
export const streamErrorPrefix = ({ errorPrefix }: StreamResource): string =>
  `${errorPrefix}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/`;

/** `topics` → topic ARN; used in environments and by the local platform. */
export const topicArn = (deployment: Deployment, name: string): string =>
  `arn:${deployment.partition}:sns:${deployment.region}:${deployment.accountId}:${resourceName(deployment, name)}`;
