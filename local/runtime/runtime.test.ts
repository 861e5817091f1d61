import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { type Clock, makeClock } from "../clock.ts";
import { localDeployment } from "../deployment.ts";
import type { Chaos, Invocation } from "../seams.ts";
import { type Fixture, type FixtureFunction, makeFixture } from "../testing/platform.ts";
import { openLogs } from "./logs.ts";
import { createRuntime, type Runtime } from "./runtime.ts";

const open: { fixture: Fixture; runtime: Runtime }[] = [];

const setup = (
  functions: Record<string, FixtureFunction>,
  options: {
    idleMs?: number;
    concurrencyMax?: number;
    chaos?: Chaos;
    settings?: Record<string, string>;
    clock?: Clock;
  } = {},
) => {
  const fixture = makeFixture(functions);
  const logs = openLogs(join(fixture.dataFolder, "logs"));
  const runtime = createRuntime({
    declarations: fixture.declarations(),
    deployment: localDeployment("http://localhost:4566"),
    settings: {},
    bundlesFolder: fixture.bundlesFolder,
    awsUrl: "http://localhost:4566",
    secretOf: (name) => `secret of ${name}`,
    logs,
    chaos: { share: 0, random: Math.random },
    clock: makeClock(),
    ...options,
  });
  open.push({ fixture, runtime });
  return { fixture, runtime, logs };
};

afterEach(async () => {
  for (const { fixture, runtime } of open.splice(0)) {
    await runtime.stop(AbortSignal.abort());
    fixture.remove();
  }
});

const payloadOf = (outcome: Invocation): unknown => {
  if (outcome.outcome === "failed") throw new Error(JSON.stringify(outcome.error));
  return outcome.payload;
};
const errorOf = (outcome: Invocation) => (outcome.outcome === "failed" ? outcome.error : undefined);

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
    const code = `
      let running = 0;
      exports.handler = async () => {
        running += 1;
        if (running > 1) throw new Error("two at once");
        await new Promise((done) => setTimeout(done, 100));
        running -= 1;
        return require("node:worker_threads").threadId;
      };`;
    const { runtime } = setup({ slow: { code, concurrency: { reserved: 3 } } });

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

describe("a function that fails", () => {
  it("answers with the error that the handler threw, and lives on", async () => {
    const { runtime } = setup({
      thrower: {
        code: `let calls = 0; exports.handler = async () => { calls += 1; if (calls === 1) throw new TypeError("no"); return calls; }`,
      },
    });

    expect(errorOf(await runtime.invoke("thrower", {}))).toMatchObject({
      errorType: "TypeError",
      errorMessage: "no",
      trace: expect.arrayContaining(["TypeError: no"]),
    });
    expect(payloadOf(await runtime.invoke("thrower", {}))).toBe(2);
  });

  it("is ended when its time is up, even in an endless loop, and starts afresh", async () => {
    const { runtime } = setup({
      looper: {
        code: "let calls = 0; exports.handler = async (event) => { calls += 1; while (event.loop); return calls; }",
        timeoutSeconds: 1,
      },
    });

    expect(errorOf(await runtime.invoke("looper", { loop: true }, { requestId: "r-1" }))).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: "RequestId: r-1 Error: Task timed out after 1.00 seconds",
    });
    expect(payloadOf(await runtime.invoke("looper", {}))).toBe(1);
  });

  it.each([
    ["process.exit(3)", "Runtime.ExitError", /exit status 3$/],
    ["process.exit(0)", "Runtime.ExitError", /exited without providing a reason$/],
    [
      "setTimeout(() => { throw new RangeError('late') }); await new Promise(() => {})",
      "RangeError",
      /^late$/,
    ],
    [
      "Promise.reject(new Error('lost')); await new Promise(() => {})",
      "Runtime.UnhandledPromiseRejection",
      /lost/,
    ],
    ["return { amount: 1n }", "TypeError", /BigInt/],
  ])(
    "answers for %s as Lambda does, and the next invocation runs",
    async (statement, errorType, errorMessage) => {
      const { runtime } = setup({
        failing: {
          code: `exports.handler = async (event) => { if (event.ok) return "ok"; ${statement} }`,
          timeoutSeconds: 5,
        },
      });

      expect(errorOf(await runtime.invoke("failing", {}))).toMatchObject({
        errorType,
        errorMessage: expect.stringMatching(errorMessage),
      });
      expect(payloadOf(await runtime.invoke("failing", { ok: true }))).toBe("ok");
    },
  );

  it.each([
    ["many objects", "for (;;) all.push({ at: String(Math.random()) })"],
    ["one growing table", "const table = new Map(); for (;;) table.set(table.size, {})"],
    ["buffers", "for (;;) all.push(Buffer.alloc(5_000_000, 1))"],
  ])("is killed when it takes more memory than it has: %s", async (_, eat) => {
    const { runtime } = setup({
      eater: {
        code: `exports.handler = async (event) => { const all = []; if (event.ok) return "ok"; ${eat} }`,
        memoryMb: 128,
        timeoutSeconds: 25,
      },
    });

    expect(errorOf(await runtime.invoke("eater", {}, { requestId: "r-1" }))).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: "RequestId: r-1 Error: Runtime exited with error: signal: killed",
    });
    expect(payloadOf(await runtime.invoke("eater", { ok: true }))).toBe("ok");
  });

  it("is not killed for garbage that was not collected yet", async () => {
    const { runtime } = setup({
      waster: {
        code: `exports.handler = async () => {
          const kept = Array.from({ length: 200_000 }, (_, at) => ({ at, name: "name" + at }));
          for (let turn = 0; turn < 10; turn += 1) JSON.parse(JSON.stringify(kept));
          return "ok";
        }`,
        memoryMb: 128,
        timeoutSeconds: 25,
      },
    });

    expect(payloadOf(await runtime.invoke("waster", {}))).toBe("ok");
  });

  it.each([
    ["require('not-bundled')", "Runtime.ImportModuleError", /Cannot find module 'not-bundled'/],
    ["exports.handler = async ( => {}", "Runtime.UserCodeSyntaxError", /Unexpected/],
    ["exports.other = 1", "Runtime.HandlerNotFound", /not exported/],
    ["exports.handler = 1", "Runtime.HandlerNotFound", /not a function/],
    [
      "exports.handler = (event, context, callback) => callback()",
      "Runtime.CallbackHandlerDeprecated",
      /async/,
    ],
    ["throw new EvalError('at start')", "EvalError", /at start/],
  ])("that cannot load (%s) answers so, once per call", async (code, errorType, errorMessage) => {
    const { runtime } = setup({ broken: { code } });

    for (const outcome of await Promise.all([runtime.invoke("broken", {}), runtime.invoke("broken", {})])) {
      expect(errorOf(outcome)).toMatchObject({
        errorType,
        errorMessage: expect.stringMatching(errorMessage),
      });
    }
  });

  it("that ends itself between invocations is not called again", async () => {
    const { runtime } = setup({
      leaver: {
        code: "exports.handler = async () => { setTimeout(() => process.exit(1), 1); return 'bye' }",
      },
    });

    await runtime.invoke("leaver", {});
    await new Promise((later) => setTimeout(later, 100));

    expect(payloadOf(await runtime.invoke("leaver", {}))).toBe("bye");
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

describe("sandboxes come and go", () => {
  it("idle ones are stopped", async () => {
    const { runtime } = setup({ idle: { code: "exports.handler = async () => 1" } }, { idleMs: 20 });

    await runtime.invoke("idle", {});

    await eventually(() => runtime.size("idle") === 0);
    expect(payloadOf(await runtime.invoke("idle", {}))).toBe(1);
  });

  it("a swapped bundle serves the next call while the old one finishes its own", async () => {
    const { runtime, fixture } = setup({
      swapped: {
        code: "exports.handler = async () => { await new Promise((done) => setTimeout(done, 150)); return 'old' }",
      },
    });
    await runtime.invoke("swapped", {});

    const running = runtime.invoke("swapped", {});
    fixture.writeBundle("swapped", "exports.handler = async () => 'new'");
    runtime.swap("swapped");
    const next = runtime.invoke("swapped", {});

    expect(payloadOf(await next)).toBe("new");
    expect(payloadOf(await running)).toBe("old");
    await eventually(() => runtime.size("swapped") === 1);
  });

  it("a killed invocation answers as a crash and its place is taken", async () => {
    const { runtime } = setup({
      victim: {
        code: "exports.handler = async (event) => { if (event.wait) await new Promise(() => {}); return 'ok' }",
      },
    });
    await runtime.invoke("victim", {});

    const running = runtime.invoke("victim", { wait: true });
    expect(runtime.kill("victim")).toBe(true);

    expect(errorOf(await running)).toMatchObject({ errorType: "Runtime.ExitError" });
    expect(payloadOf(await runtime.invoke("victim", {}))).toBe("ok");
    expect(runtime.kill("victim")).toBe(false);
  });

  it("chaos kills its share of invocations half-way", async () => {
    const chaos = { share: 1, random: () => 0.5 };
    const { runtime } = setup(
      {
        victim: {
          code: "exports.handler = async () => { await new Promise((done) => setTimeout(done, 200)) }",
        },
      },
      { chaos },
    );

    expect(errorOf(await runtime.invoke("victim", {}))).toMatchObject({ errorType: "Runtime.ExitError" });
    chaos.share = 0;
    expect(payloadOf(await runtime.invoke("victim", {}))).toBeNull();
  });

  it("stopping lets a running invocation finish", async () => {
    const { runtime } = setup({
      last: {
        code: "exports.handler = async () => { await new Promise((done) => setTimeout(done, 100)); return 'done' }",
      },
    });

    const running = runtime.invoke("last", {});
    await runtime.stop(AbortSignal.timeout(5000));

    expect(payloadOf(await running)).toBe("done");
    expect(errorOf(await runtime.invoke("last", {}))).toBeDefined();
  });
});
