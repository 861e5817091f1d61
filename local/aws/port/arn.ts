import type { Deployment } from "#common/manifest/names.ts";

export type Arns = {
  account: string;
  region: string;
  at(service: string, rest: string): string;
  bucket(rest: string): string;
};

/** ARNs of this deployment's account and region. */
export const arnsOf = ({ partition, region, accountId }: Deployment): Arns => ({
  account: accountId,
  region,
  at: (service, rest) => `arn:${partition}:${service}:${region}:${accountId}:${rest}`,
  bucket: (rest) => `arn:${partition}:s3:::${rest}`,
});

/** The last part of an ARN; a text that is no ARN as it is. */
export const nameInArn = (arn: string): string =>
  arn.slice(Math.max(arn.lastIndexOf(":"), arn.lastIndexOf("/")) + 1);
