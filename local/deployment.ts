import type { Deployment } from "#common/manifest/names.ts";

/** The local platform's coordinates: queue URLs point at the AWS port, bucket names need no suffix. */
export const localDeployment = (awsUrl: string): Deployment => ({
  environment: "local",
  region: "us-east-1",
  accountId: "000000000000",
  partition: "aws",
  queueOrigin: awsUrl,
  bucketSuffix: "",
});
