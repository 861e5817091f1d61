import { describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { errorOf, payloadOf, useRuntime } from "./testing/runtime.ts";

const setup = useRuntime();

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
          timeoutSeconds: 60,
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
        timeoutSeconds: 100,
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
        timeoutSeconds: 100,
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
