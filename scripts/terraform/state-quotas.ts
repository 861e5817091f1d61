// Measures every policy and every function's environment in a state (`terraform show -json`) against AWS's limits.
import { readFileSync } from "node:fs";
import { argv, exit } from "node:process";
import { SHARE_MAX } from "./quotas.ts";
import { type Resource, resourcesOf } from "./state-facts.ts";

/** Bytes (IAM: characters without white space) that AWS takes in an attribute of a resource. */
const LIMITS: Readonly<Record<string, { attribute: string; limit: number }>> = {
  aws_iam_role: { attribute: "assume_role_policy", limit: 2048 },
  aws_iam_role_policy: { attribute: "policy", limit: 10_240 },
  aws_iam_policy: { attribute: "policy", limit: 6144 },
  aws_sqs_queue_policy: { attribute: "policy", limit: 8192 },
  aws_sns_topic_policy: { attribute: "policy", limit: 30_720 },
  aws_s3_bucket_policy: { attribute: "policy", limit: 20_480 },
  aws_kms_key: { attribute: "policy", limit: 32_768 },
  aws_cloudwatch_event_rule: { attribute: "event_pattern", limit: 4096 },
};
const ENVIRONMENT_LIMIT = 4096;

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const compactBytes = (json: string): number => Buffer.byteLength(JSON.stringify(JSON.parse(json)));

type Measured = { address: string; attribute: string; used: number; limit: number };

const measuresOf = ({ address, type, values }: Resource): Measured[] => {
  const fields = fieldsOf(values);
  if (type === "aws_lambda_function") {
    const [environment] = Array.isArray(fields.environment) ? fields.environment : [];
    const used = Buffer.byteLength(JSON.stringify(fieldsOf(environment).variables ?? {}));
    return [{ address, attribute: "environment", used, limit: ENVIRONMENT_LIMIT }];
  }
  const known = LIMITS[type];
  const json = known === undefined ? undefined : fields[known.attribute];
  if (known === undefined || typeof json !== "string" || json === "") return [];
  return [{ address, attribute: known.attribute, used: compactBytes(json), limit: known.limit }];
};

/** How many were measured, and one sentence for each that is longer than SHARE_MAX of its limit. */
export const measureState = (state: unknown): { measured: number; faults: string[] } => {
  const measures = resourcesOf(state).flatMap(measuresOf);
  return {
    measured: measures.length,
    faults: measures
      .filter(({ used, limit }) => used >= limit * SHARE_MAX)
      .map(({ address, attribute, used, limit }) => `${address}: ${attribute} has ${used} of ${limit} bytes`),
  };
};

if (import.meta.main) {
  const [stateFile] = argv.slice(2);
  if (stateFile === undefined) {
    console.error("Usage: state-quotas.ts <terraform show -json of the state>");
    exit(2);
  }
  const { measured, faults } = measureState(JSON.parse(readFileSync(stateFile, "utf8")));
  for (const fault of faults) console.log(fault);
  console.log(`${measured} policies and environments measured, ${faults.length} too long`);
  exit(faults.length === 0 && measured > 0 ? 0 : 1);
}
