import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { errorOf, payloadOf, useRuntime } from "./testing/runtime.ts";

const setup = useRuntime();

describe("running a function", () => {
  it("hands event and context over and answers what the handler returned", async () => {
    const { runtime } = setup({
      echo: {
        code: `exports.handler = async (event, context) => ({ event, context: { ...context, left: context.getRemainingTimeInMillis() } })`,
        timeoutSeconds: 7,
        memoryMb: 128,
      },
    });

    const payload = payloadOf(await runtime.invoke("echo", { a: 1 }, { requestId: "r-1" }));

    expect(payload).toMatchObject({
      event: { a: 1 },
      context: {
        functionName: "millrace-local-echo",
        functionVersion: "$LATEST",
        invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:millrace-local-echo:live",
        memoryLimitInMB: "128",
        awsRequestId: "r-1",
        logGroupName: "/aws/lambda/millrace-local-echo",
        left: expect.toSatisfy((left: number) => left > 6000 && left <= 7000),
      },
    });
  });

  it("answers null for a handler that returns nothing", async () => {
    const { runtime } = setup({ silent: { code: "exports.handler = async () => {}" } });

    expect(payloadOf(await runtime.invoke("silent", {}))).toBeNull();
  });

  it("keeps a sandbox between invocations, with what its module remembers", async () => {
    const { runtime } = setup({
      counter: { code: "let calls = 0; exports.handler = async () => ++calls" },
    });

    await runtime.invoke("counter", {});

    expect(payloadOf(await runtime.invoke("counter", {}))).toBe(2);
    expect(runtime.size("counter")).toBe(1);
  });

  it("runs one invocation at a time in a sandbox, and more sandboxes side by side up to the limit", async () => {
    // Each sandbox waits until three are there, however long they take to start.
    const code = `
      const { readdirSync, writeFileSync } = require("node:fs");
      const { threadId } = require("node:worker_threads");
      let running = 0;
      exports.handler = async () => {
        running += 1;
        if (running > 1) throw new Error("two at once");
        writeFileSync(__dirname + "/sandbox-" + threadId, "");
        const sandboxes = () => readdirSync(__dirname).filter((name) => name.startsWith("sandbox-"));
        while (sandboxes().length < 3) await new Promise((done) => setTimeout(done, 5));
        running -= 1;
        return threadId;
      };`;
    const { runtime } = setup({ slow: { code, concurrency: { reserved: 3 }, timeoutSeconds: 60 } });

    const threads = await Promise.all(
      Array.from({ length: 12 }, async () => payloadOf(await runtime.invoke("slow", {}))),
    );

    expect(new Set(threads).size).toBe(3);
  });

  it("writes what the function prints to its log", async () => {
    const { runtime, fixture } = setup({
      talker: { code: `exports.handler = async () => { console.log("to out"); console.error("to err"); }` },
    });

    await runtime.invoke("talker", {});

    const log = join(fixture.dataFolder, "logs", "talker.log");
    await eventually(() => {
      const text = readFileSync(log, { encoding: "utf8", flag: "a+" });
      return text.includes("to out") && text.includes("to err");
    });
  });
});

describe("a function's environment", () => {
  it("is what Terraform and Lambda give and nothing of the machine's", async () => {
    process.env.SECRET_OF_THE_MACHINE = "x";
    const { runtime, fixture } = setup(
      {
        env: {
          code: "exports.handler = async () => process.env",
          settings: ["RELEASE_VERSION"],
          access: { queues: { records: "send" } },
        },
      },
      { settings: { RELEASE_VERSION: "1.2.3", TOKEN_ISSUER: "not asked for" } },
    );

    const env = payloadOf(await runtime.invoke("env", {}));

    expect(env).toEqual({
      ENVIRONMENT: "local",
      NODE_OPTIONS: "--enable-source-maps",
      POWERTOOLS_SERVICE_NAME: "env",
      POWERTOOLS_METRICS_NAMESPACE: "millrace-local",
      RECORDS_QUEUE_URL: "http://localhost:4566/000000000000/millrace-local-records",
      RELEASE_VERSION: "1.2.3",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_NAME: "millrace-local-env",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/millrace-local-env",
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      AWS_ACCESS_KEY_ID: "env",
      AWS_SECRET_ACCESS_KEY: "secret of env",
      AWS_SESSION_TOKEN: "local",
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_ENDPOINT_URL_S3: "http://127.0.0.1:4566",
      AWS_ENDPOINT_URL_SQS: "http://localhost:4566",
      LAMBDA_TASK_ROOT: join(fixture.bundlesFolder, "env"),
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      _HANDLER: "handler.handler",
      _X_AMZN_TRACE_ID: expect.stringMatching(
        /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
      ),
    });
  });

  it("and its globals are hidden from other functions", async () => {
    const write = "globalThis.leak = 1; Array.prototype.leak = 1; process.env.LEAK = '1';";
    const read =
      "exports.handler = async () => [globalThis.leak, [].leak, process.env.LEAK].map((it) => it ?? null)";
    const { runtime } = setup({ writer: { code: `${write} ${read}` }, reader: { code: read } });

    expect(payloadOf(await runtime.invoke("writer", {}))).toEqual([1, 1, "1"]);
    expect(payloadOf(await runtime.invoke("reader", {}))).toEqual([null, null, null]);
  });
});

describe("payload limits", () => {
  const echo = {
    code: "exports.handler = async (event) => event.grow ? 'x'.repeat(event.grow) : event.length",
  };
  const text = (bytes: number) => "x".repeat(bytes - 2);

  it.each([
    ["6 MB", false, 6_291_456],
    ["1 MB when asynchronous", true, 1_048_576],
  ])("are %s for an event", async (_, asynchronous, bytes) => {
    const { runtime } = setup({ echo });

    expect(payloadOf(await runtime.invoke("echo", text(bytes), { asynchronous }))).toBe(bytes - 2);
    expect(errorOf(await runtime.invoke("echo", text(bytes + 1), { asynchronous }))).toMatchObject({
      errorType: "RequestEntityTooLargeException",
    });
  });

  it("are 6 MB for an answer", async () => {
    const { runtime } = setup({ echo });

    expect(errorOf(await runtime.invoke("echo", { grow: 6_291_556 }))).toMatchObject({
      errorType: "Function.ResponseSizeTooLarge",
    });
  });
});
