import { nameInArn } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import { isRecord } from "../port/input.ts";
import type { QueueSet } from "./queues.ts";

const RANGES: Record<string, [number, number]> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
};
const OTHERS = new Set([
  "Policy",
  "RedrivePolicy",
  "RedriveAllowPolicy",
  "SqsManagedSseEnabled",
  "KmsMasterKeyId",
  "KmsDataKeyReusePeriodSeconds",
]);

const invalid = (name: string, value: string) =>
  new AwsError("InvalidAttributeValue", `Invalid value for the parameter ${name}. Value: ${value}.`);

const checkRedrivePolicy = (queues: Pick<QueueSet, "has">, value: string) => {
  const refuse = (reason: string) =>
    new AwsError(
      "InvalidParameterValue",
      `Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    );
  let policy: unknown;
  try {
    policy = JSON.parse(value);
  } catch {
    throw refuse("Redrive policy is not a valid JSON map.");
  }
  if (!isRecord(policy)) throw refuse("Redrive policy is not a valid JSON map.");
  const { deadLetterTargetArn: target, maxReceiveCount } = policy;
  if (target === undefined) {
    throw refuse("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  }
  if (maxReceiveCount === undefined) {
    throw refuse("Redrive policy does not contain mandatory attribute: maxReceiveCount.");
  }
  if (typeof target !== "string" || !/^arn:[^:]+:sqs:[^:]+:\d+:[^:]+$/.test(target)) {
    throw refuse("Invalid value for deadLetterTargetArn.");
  }
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw refuse("Invalid value for maxReceiveCount: must be between 1 and 1000.");
  }
  if (!queues.has(nameInArn(target))) throw refuse("Dead letter target does not exist.");
};

const checkEncryption = (attributes: Record<string, string>, before: Record<string, string>) => {
  const key = attributes.KmsMasterKeyId ?? before.KmsMasterKeyId;
  if (attributes.SqsManagedSseEnabled === "true" && key) {
    throw new AwsError(
      "InvalidAttributeName",
      "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    );
  }
};

/** Checks what a caller sets on a queue; an empty value takes an attribute away. */
export const checkAttributes = (
  queues: Pick<QueueSet, "has">,
  attributes: Record<string, string>,
  before: Record<string, string> = {},
): Record<string, string> => {
  for (const [name, value] of Object.entries(attributes)) {
    const range = RANGES[name];
    if (range) {
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < range[0] || number > range[1]) throw invalid(name, value);
    } else if (!OTHERS.has(name)) {
      throw new AwsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
    }
    if (name === "RedrivePolicy" && value !== "") checkRedrivePolicy(queues, value);
  }
  checkEncryption(attributes, before);
  return attributes;
};

export const describeAttributes = (
  queues: QueueSet,
  name: string,
  wanted: string[],
): Record<string, string> => {
  const queue = queues.get(name);
  const { visible, inFlight, delayed } = queues.store.depth(name);
  const all: Record<string, string> = {
    ...queues.defaults,
    ...queue.attributes,
    QueueArn: queues.arnOf(name),
    CreatedTimestamp: String(Math.floor(queue.created / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.created / 1000)),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
  // Data of an earlier version has the word `null` for a policy that was taken away.
  if (all.RedrivePolicy === "null") delete all.RedrivePolicy;
  if (all.KmsMasterKeyId) all.SqsManagedSseEnabled = "false";
  const unknown = wanted.find(
    (attribute) => attribute !== "All" && !(attribute in all) && !OTHERS.has(attribute),
  );
  if (unknown) throw new AwsError("InvalidAttributeName", `Unknown Attribute ${unknown}.`);
  return Object.fromEntries(
    Object.entries(all).filter(([attribute]) => wanted.includes("All") || wanted.includes(attribute)),
  );
};
