import { sorted } from "./facts.ts";
import { list, text } from "./values.ts";

/** What `millrace-dev-logs` and `millrace-dev-logs-1`, or their roles, have in common: how many there are is a setting. */
export const streamBase = (name: string): string => name.replace(/-\d+(-stream)?$/, "$1");

/** A delivery stream with its subscription, by what its manifest says of it. */
export const streamFact = (
  values: unknown,
  subscriptions: readonly unknown[],
  functionIn: (reference: string) => string,
): string => {
  const s3 = list(values, "extended_s3_configuration")[0];
  const parameters = list(s3, "processing_configuration", 0, "processors").flatMap((processor) =>
    list(processor, "parameters"),
  );
  const lambda = parameters.find((parameter) => text(parameter, "parameter_name") === "LambdaArn");
  const from = subscriptions
    .filter((subscription) => text(subscription, "endpoint") === text(values, "arn"))
    .map((subscription) => {
      const dead: unknown = JSON.parse(text(subscription, "redrive_policy") || "{}");
      const raw = text(subscription, "raw_message_delivery") === "true" ? "raw" : "wrapped";
      return `${text(subscription, "topic_arn")} ${raw}, else to ${text(dead, "deadLetterTargetArn").split(":").at(-1)}`;
    });
  return [
    `from ${sorted(from)}`,
    `by ${functionIn(text(lambda, "parameter_value"))}`,
    `to ${text(s3, "bucket_arn").split(":").at(-1)} ${text(s3, "prefix")}, else ${text(s3, "error_output_prefix")}`,
    `within ${text(s3, "buffering_interval")} s, encrypted ${text(values, "server_side_encryption", 0, "enabled")}`,
  ].join("; ");
};
