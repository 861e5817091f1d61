import type { DynamoDBRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lambdaContext } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { tableStreamHandler } from "./table-stream.ts";

let output: ReturnType<typeof captureOutput>;
beforeEach(() => {
  vi.stubEnv("POWERTOOLS_METRICS_NAMESPACE", "Millrace");
  vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "false");
  output = captureOutput();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("the table stream stack", () => {
  const change = (n: number): DynamoDBRecord => ({ dynamodb: { SequenceNumber: String(n) } });

  it("takes changes in order and reports the first that fails, after which none is taken", async () => {
    const seen: string[] = [];
    const handler = tableStreamHandler({
      action: async ({ dynamodb }) => {
        seen.push(dynamodb?.SequenceNumber ?? "");
        if (dynamodb?.SequenceNumber === "2") throw new Error("oh");
      },
    });

    const answer = await handler({ Records: [change(1), change(2), change(3)] }, lambdaContext());

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
    expect(seen).toEqual(["1", "2"]);
    expect(output.lines()[0]).toMatchObject({ level: "warn", batchSize: 3, failed: 2 });
    output.clear();

    expect(await handler({ Records: [change(4)] }, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(output.lines()[0]).toMatchObject({ level: "info", batchSize: 1, failed: 0 });
    expect(output.lines()[0]).not.toHaveProperty("error");
  });
});
