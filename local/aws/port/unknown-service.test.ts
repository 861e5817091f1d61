import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPort, type TestPort } from "../testing/port.ts";

describe("a service that is not here", () => {
  let port: TestPort;
  beforeAll(async () => {
    port = await startTestPort();
  });
  afterAll(() => port.close());
  const ask = (service: string, headers: Record<string, string> = {}, path = "/") =>
    fetch(new URL(path, port.url), {
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
        ...headers,
      },
      body: "",
    });
  const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };

  it.each([
    ["a form as XML", "iam", form, "text/xml", "<ErrorResponse><Error>"],
    ["a form of EC2 as EC2's XML", "ec2", form, "text/xml", "<Response><Errors><Error>"],
    ["paths with XML as XML", "route53", {}, "text/xml", "<ErrorResponse><Error>"],
    ["a target as JSON", "logs", { "x-amz-target": "Logs.List" }, "application/x-amz-json-1.1", '{"__type":'],
    ["paths with JSON as JSON", "lambda", {}, "application/x-amz-json-1.1", '{"__type":'],
  ])("answers %s", async (_, service, headers, type, start) => {
    const answer = await ask(service, headers);

    expect([answer.status, answer.headers.get("content-type")]).toEqual([400, type]);
    expect(answer.headers.get("x-amzn-errortype")).toBe("UnknownOperationException");
    const body = await answer.text();
    expect(body).toContain(start);
    expect(body).toContain("UnknownOperationException");
    expect(body).toContain(`No service ${service} here`);
  });

  it("answers CBOR as CBOR: a map of two texts", async () => {
    const answer = await ask("monitoring", { "smithy-protocol": "rpc-v2-cbor" });
    const bytes = Buffer.from(await answer.arrayBuffer());

    expect(answer.headers.get("content-type")).toBe("application/cbor");
    expect([...bytes.subarray(0, 2)]).toEqual([0xa2, 0x60 + "__type".length]);
    // The code has 25 characters, and so a byte for its length.
    const code = bytes.indexOf("UnknownOperationException");
    expect([...bytes.subarray(code - 3, code)]).toEqual([0x79, 0, 25]);
  });

  it("does not repeat a query, which may hold a signature", async () => {
    const body = await (await ask("lambda", {}, "/functions?X-Amz-Signature=secret")).text();

    expect(body).toContain("/functions");
    expect(body).not.toContain("secret");
  });
});
