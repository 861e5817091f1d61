import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { allow, answered, problem, token, useRestApi } from "./testing/rest-api.ts";

const setup = useRestApi();

describe("what the gateway refuses", () => {
  it("is 404 for a path or a method that is no route, without calling a function", async () => {
    const { get, calls } = await setup({});

    expect(await problem(await get("/nowhere", token))).toEqual([404, "ROUTE_NOT_FOUND"]);
    expect(await problem(await get("/data", { ...token, method: "OPTIONS" }))).toEqual([
      404,
      "ROUTE_NOT_FOUND",
    ]);
    const head = await get("/health", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([404, ""]);
    expect(calls).toEqual([]);
  });

  it("is 413 above 10 MB, with and without a content-length", async () => {
    const { get } = await setup({ authorizer: (event) => allow(event) });
    const body = Buffer.alloc(10 * 1024 * 1024 + 1, "x");
    const parts = () => new Blob([body]).stream();

    expect(await problem(await get("/data", { ...token, method: "POST", body }))).toEqual([
      413,
      "BODY_TOO_LARGE",
    ]);
    const streamed: RequestInit & { duplex: "half" } = {
      ...token,
      method: "POST",
      body: parts(),
      duplex: "half",
    };
    expect(await problem(await get("/data", streamed))).toEqual([413, "BODY_TOO_LARGE"]);
  });

  it.each([20_000, 1_000_000])("is 431 for %i bytes of headers", async (bytes) => {
    const { get } = await setup({});

    expect(await problem(await get("/health", { headers: { x: "y".repeat(bytes) } }))).toEqual([
      431,
      "HEADERS_TOO_LARGE",
    ]);
  });

  it("takes a request line and headers of 10,240 bytes together", async () => {
    const { door } = await setup({});
    const status = (bytes: number, query = "") =>
      new Promise<string>((done, fail) => {
        const first = `GET /health${query} HTTP/1.1\r\n`;
        const fixed = `${first}Host: localhost\r\nX: `;
        const socket = connect(door.port, "127.0.0.1");
        socket.on("error", fail).on("data", (data) => {
          done(String(data).slice(9, 12));
          socket.destroy();
        });
        socket.write(`${fixed}${"y".repeat(bytes - fixed.length - 2)}\r\n\r\n`);
      });

    expect(await status(10_240)).toBe("200");
    expect(await status(10_241)).toBe("431");
    expect(await status(10_240, `?q=${"z".repeat(9000)}`)).toBe("200");
    expect(await status(10_241, `?q=${"z".repeat(9000)}`)).toBe("431");
  });

  it("is a problem too when it is no HTTP at all", async () => {
    const { door } = await setup({});

    const text = await new Promise<string>((done, fail) => {
      const socket = connect(door.port, "127.0.0.1", () => socket.write("nonsense\r\n\r\n"));
      socket.on("error", fail).on("data", (data) => done(String(data)));
    });

    expect(text).toMatch(/^HTTP\/1.1 400 /);
    expect(text).toContain('"code":"BAD_REQUEST"');
  });

  it("is 429 with Retry-After above a route's rate and above the caller's plan", async () => {
    const plan = { ratePerSecond: 0.001, burst: 1, quotaPerDay: 100 };
    const { get } = await setup(
      { authorizer: (event) => allow(event, { usageIdentifierKey: "demo" }) },
      { usagePlans: { default: plan } },
    );

    await get("/slow");
    await get("/slow");
    await get("/data", token);
    for (const path of ["/slow", "/data"]) {
      const answer = await get(path, token);
      expect(answer.headers.get("retry-after")).toBe("1");
      expect(await problem(answer)).toEqual([429, "TOO_MANY_REQUESTS"]);
    }
  });
});

describe("the front door", () => {
  it("gives a site the hosts and paths that it claims", async () => {
    const { door, get } = await setup({});
    door.open(async () => {
      throw new Error("broken");
    }, [
      {
        claims: (hostname, url) => hostname === "127.0.0.1" && url === "/console/",
        handle: (_request, requestId) => ({
          status: 200,
          headers: ["x-request-id", requestId],
          body: "page",
        }),
      },
    ]);

    expect(await (await get("/console/")).text()).toBe("page");
    expect(await problem(await get("/data"))).toEqual([500, "UNEXPECTED"]);
  });

  it("answers a request that offers another protocol as any other", async () => {
    const { origin } = await setup({});

    const status = await new Promise((done, fail) => {
      httpRequest(`${origin}/health`, { headers: { connection: "Upgrade", upgrade: "h2c" } }, (response) =>
        done(response.resume().statusCode),
      )
        .on("error", fail)
        .end();
    });

    expect(status).toBe(200);
  });

  it("lets what runs finish when it closes", async () => {
    let release: () => void = () => {};
    const { get, door, calls } = await setup({
      health: () =>
        new Promise((done) => (release = () => done(answered({ statusCode: 200, body: "late" })))),
    });
    const running = get("/health");
    while (calls.length === 0) await new Promise((next) => setImmediate(next));

    const closing = door.close(AbortSignal.timeout(5000));
    release();

    expect(await (await running).text()).toBe("late");
    await closing;
    await expect(get("/health")).rejects.toThrow();
  });
});
