import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { testDeployment } from "../testing/port.ts";
import { answerRest } from "./answer-rest.ts";
import { arnsOf } from "./arn.ts";
import type { RestService } from "./service.ts";
import { readSignature } from "./signature.ts";

const QUERY = "X-Amz-Credential=local%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=secret";

const broken: RestService = {
  kind: "rest",
  name: "s3",
  handle: async () => {
    throw new TypeError("a slip in the service");
  },
  error: (code, _message, status) => ({ status, headers: {}, body: code }),
  actionOf: () => "GetObject",
  throttling: { code: "SlowDown", status: 503 },
};

describe("a request that ends in a slip of the service", () => {
  it("is logged without its query, which signs a presigned URL", async () => {
    const logged: string[] = [];
    const counted: unknown[] = [];
    const request = new IncomingMessage(new Socket());
    Object.assign(request, { method: "GET", url: `/bucket/key?${QUERY}` });
    const signature = readSignature({}, new URLSearchParams(QUERY));

    const answer = await answerRest(
      {
        arns: arnsOf(testDeployment),
        permissions: { exists: () => true, allows: () => true },
        chaos: { share: 0, random: () => 1 },
        secretOf: () => undefined,
        now: () => Date.UTC(2026, 0, 1),
        movedDate: () => undefined,
        calls: { count: (call) => void counted.push(call) },
        log: (error, call) => void logged.push(call, String(error)),
      },
      broken,
      {
        request,
        signature: signature && { ...signature, presigned: false },
        requestId: "r",
        signal: () => AbortSignal.abort(),
      },
    );

    expect(answer.status).toBe(500);
    expect(counted).toEqual([expect.objectContaining({ action: "GetObject", failed: true })]);
    expect(logged).toEqual(["s3 GET /bucket/key", "TypeError: a slip in the service"]);
  });
});
