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

const checkRedrivePolicy = (value: string) => {
  let policy: unknown;
  try {
    policy = JSON.parse(value);
  } catch {
    throw invalid("RedrivePolicy", value);
  }
  const count = isRecord(policy) ? Number(policy.maxReceiveCount) : Number.NaN;
  const target = isRecord(policy) ? policy.deadLetterTargetArn : undefined;
  if (typeof target !== "string" || !Number.isInteger(count) || count < 1 || count > 1000) {
    throw invalid("RedrivePolicy", value);
  }
};

/** Checks what a caller sets on a queue; an empty `RedrivePolicy` takes the policy away. */
export const checkAttributes = (attributes: Record<string, string>): Record<string, string> => {
  for (const [name, value] of Object.entries(attributes)) {
    const range = RANGES[name];
    if (range) {
      const number = Number(value);
      if (!Number.isInteger(number) || number < range[0] || number > range[1]) throw invalid(name, value);
    } else if (!OTHERS.has(name)) {
      throw new AwsError("InvalidAttributeName", `Unknown Attribute ${name}.`);
    }
    if (name === "RedrivePolicy" && value !== "") checkRedrivePolicy(value);
  }
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      name === "RedrivePolicy" && value === "" ? "null" : value,
    ]),
  );
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
  if (all.RedrivePolicy === "null") delete all.RedrivePolicy;
  const unknown = wanted.find(
    (attribute) => attribute !== "All" && !(attribute in all) && !OTHERS.has(attribute),
  );
  if (unknown) throw new AwsError("InvalidAttributeName", `Unknown Attribute ${unknown}.`);
  return Object.fromEntries(
    Object.entries(all).filter(([attribute]) => wanted.includes("All") || wanted.includes(attribute)),
  );
};
