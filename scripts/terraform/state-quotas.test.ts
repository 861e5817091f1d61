import { describe, expect, it } from "vitest";
import { measureState } from "./state-quotas.ts";

const stateWith = (type: string, values: object) => ({
  values: { root_module: { resources: [{ address: "x.y", mode: "managed", type, values }] } },
});

/** A policy of exactly so many bytes, written with white space that does not count. */
const policyOf = (bytes: number): string => {
  const empty = JSON.stringify({ Version: "" });
  return JSON.stringify({ Version: "v".repeat(bytes - empty.length) }, null, 2);
};

describe("the policies of a state", () => {
  it.each([
    ["aws_iam_role_policy", "policy", 8192],
    ["aws_iam_policy", "policy", 4916],
    ["aws_iam_role", "assume_role_policy", 1639],
    ["aws_sqs_queue_policy", "policy", 6554],
    ["aws_s3_bucket_policy", "policy", 16384],
    ["aws_kms_key", "policy", 26215],
    ["aws_cloudwatch_event_rule", "event_pattern", 3277],
  ])("of %s may have less than four fifths of what AWS takes", (type, attribute, bytes) => {
    const measure = (size: number) => measureState(stateWith(type, { [attribute]: policyOf(size) }));

    expect(measure(bytes - 1)).toEqual({ measured: 1, faults: [] });
    expect(measure(bytes)).toEqual({
      measured: 1,
      faults: [expect.stringMatching(`x.y: ${attribute} has ${bytes} of`)],
    });
  });

  it("are measured beside every function's environment", () => {
    const functionWith = (length: number) =>
      measureState(
        stateWith("aws_lambda_function", { environment: [{ variables: { A: "x".repeat(length) } }] }),
      );

    expect(functionWith(3268)).toEqual({ measured: 1, faults: [] });
    expect(functionWith(3269).faults).toEqual([expect.stringContaining("environment has 3277 of 4096")]);
  });
});
