import { AwsError } from "../port/errors.ts";

export const invalidParameter = (reason: string) =>
  new AwsError("InvalidParameter", `Invalid parameter: ${reason}`);

export const notFound = (what: "Topic" | "Subscription") =>
  new AwsError("NotFound", `${what} does not exist`, { status: 404 });

/** Refuses a text that is no ARN, in SNS's words. */
export const checkArn = (arn: string, parameter: string): string => {
  const elements = arn.split(":").length;
  if (elements < 6) {
    throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${elements}`);
  }
  return arn;
};
