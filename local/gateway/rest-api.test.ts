import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Declarations, Manifest } from "#common/manifest/manifest.ts";
import { localDeployment } from "../deployment.ts";
import type { Invocation, InvokeOptions } from "../seams.ts";
import { type FrontDoor, listenFrontDoor } from "./front-door.ts";
import { loadGatewayResponses } from "./gateway-responses.ts";
import { createRestApi, type RestApiOptions } from "./rest-api.ts";

const responses = loadGatewayResponses(join(import.meta.dirname, "..", "..", "functions"));

const manifest = (name: string, triggers: Manifest["triggers"]): Manifest => ({
  name,
  description: "",
  timeoutSeconds: 10,
  memoryMb: 256,
  network: "private",
  concurrency: {},
  settings: [],
  triggers,
  access: {},
});

const declarations = (): Declarations => ({
  folder: "",
  resources: { tables: {}, queues: {}, topics: {}, buckets: {}, buses: {}, keys: {}, settings: {} },
  rights: {} as Declarations["rights"],
  manifests: [
    manifest("authorizer", [{ type: "authorizer" }]),
    manifest("data", [
      { type: "http", route: "GET /data", role: "data.read" },
      { type: "http", route: "POST /data", role: "data.write" },
      { type: "http", route: "GET /data/{id}", role: "data.read" },
    ]),
    manifest("health", [{ type: "http", route: "GET /health", role: null }]),
    manifest("slow", [
      { type: "http", route: "GET /slow", role: null, throttle: { ratePerSecond: 0.001, burst: 2 } },
    ]),
  ],
});

type Call = { functionName: string; event: Record<string, unknown>; options: InvokeOptions | undefined };
type Handler = (event: Record<string, unknown>) => Invocation | Promise<Invocation>;

const answered = (payload: unknown): Invocation => ({ outcome: "answered", payload });
const failed = (errorType: string, errorMessage = ""): Invocation => ({
  outcome: "failed",
  error: { errorType, errorMessage },
});
const ok = () => answered({ statusCode: 200, body: "{}" });
const allow = (event: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  answered({
    principalId: "alice",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Action: "execute-api:Invoke",
          Effect: "Allow",
          Resource: String(event.methodArn).replace(/\/[^/]*\/[^/]*$/, "/*"),
        },
      ],
    },
    ...more,
  });

const doors: FrontDoor[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close(AbortSignal.abort());
});

const setup = async (functions: Record<string, Handler>, options: Partial<RestApiOptions> = {}) => {
  const calls: Call[] = [];
  const door = await listenFrontDoor(0, responses);
  doors.push(door);
  const api = createRestApi({
    declarations: declarations(),
    deployment: localDeployment("http://localhost:4566"),
    invoker: {
      invoke: async (functionName, event, invokeOptions) => {
        const seen = JSON.parse(JSON.stringify(event)) as Record<string, unknown>;
        calls.push({ functionName, event: seen, options: invokeOptions });
        return (functions[functionName] ?? ok)(seen);
      },
    },
    responses,
    port: door.port,
    ...options,
  });
  door.open(api);
  const origin = `http://127.0.0.1:${door.port}`;
  const get = (path: string, init: RequestInit = {}) => fetch(`${origin}${path}`, init);
  return { calls, origin, door, get };
};

const token = { headers: { authorization: "Bearer x" } };
const problem = async (answer: Response) => {
  const body = (await answer.json()) as Record<string, unknown>;
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(body.requestId).toBe(answer.headers.get("x-request-id"));
  expect(body.status).toBe(answer.status);
  return [answer.status, body.code];
};

describe("the proxy event", () => {
  it("has the form 1.0 of API Gateway", async () => {
    const { calls, door, origin } = await setup({
      authorizer: (event) => allow(event, { context: { userId: "alice", count: 3, open: true } }),
    });

    const answer = await new Promise<{ requestId: unknown }>((done, fail) => {
      const sent = httpRequest(
        `${origin}/data/a%20b?limit=5&tag=x&tag=y%26z&empty=`,
        {
          headers: {
            Authorization: "Bearer t",
            "X-Two": ["1", "2"],
            "user-agent": "test",
            host: "api.localhost:1",
          },
        },
        (response) => done({ requestId: response.resume().headers["x-request-id"] }),
      );
      sent.on("error", fail).end();
    });

    const [first, second] = calls;
    const headers = {
      Authorization: "Bearer t",
      "X-Two": "2",
      "user-agent": "test",
      host: "api.localhost:1",
      "X-Forwarded-For": "127.0.0.1",
      "X-Forwarded-Port": String(door.port),
      "X-Forwarded-Proto": "http",
      "X-Amzn-Trace-Id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    };
    const expected = {
      resource: "/data/{id}",
      path: "/data/a%20b",
      httpMethod: "GET",
      headers,
      multiValueHeaders: {
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
        "X-Two": ["1", "2"],
      },
      queryStringParameters: { limit: "5", tag: "y&z", empty: "" },
      multiValueQueryStringParameters: { limit: ["5"], tag: ["x", "y&z"], empty: [""] },
      pathParameters: { id: "a%20b" },
      stageVariables: null,
      requestContext: {
        accountId: "000000000000",
        apiId: "local",
        domainName: "api.localhost",
        deploymentId: "local",
        domainPrefix: "api",
        extendedRequestId: answer.requestId,
        httpMethod: "GET",
        identity: {
          accessKey: null,
          accountId: null,
          caller: null,
          cognitoAuthenticationProvider: null,
          cognitoAuthenticationType: null,
          cognitoIdentityId: null,
          cognitoIdentityPoolId: null,
          principalOrgId: null,
          sourceIp: "127.0.0.1",
          user: null,
          userAgent: "test",
          userArn: null,
        },
        path: "/local/data/a%20b",
        protocol: "HTTP/1.1",
        requestId: answer.requestId,
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        requestTimeEpoch: expect.any(Number),
        resourceId: expect.stringMatching(/^[0-9a-f]{6}$/),
        resourcePath: "/data/{id}",
        stage: "local",
      },
    };
    expect(first?.functionName).toBe("authorizer");
    expect(first?.event).toEqual({
      type: "REQUEST",
      methodArn: "arn:aws:execute-api:us-east-1:000000000000:local/local/GET/data/a%20b",
      ...expected,
    });
    expect(second?.event).toEqual({
      ...expected,
      requestContext: {
        ...expected.requestContext,
        authorizer: {
          principalId: "alice",
          userId: "alice",
          count: "3",
          open: "true",
          integrationLatency: 0,
        },
      },
      body: null,
      isBase64Encoded: false,
    });
  });

  it("carries the body as text, and null for what is absent", async () => {
    const { calls, get } = await setup({ authorizer: (event) => allow(event) });

    await get("/data", { ...token, method: "POST", body: '{"name":"Zoë"}' });
    await get("/health");

    expect(calls[1]?.event).toMatchObject({
      httpMethod: "POST",
      body: '{"name":"Zoë"}',
      isBase64Encoded: false,
    });
    expect(calls[2]?.event).toMatchObject({
      body: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
    });
    expect(calls[2]?.event.requestContext).not.toHaveProperty("authorizer");
  });

  it("takes parameters by any name", async () => {
    const { calls, get } = await setup({});

    await get("/health?__proto__=1&constructor=2&constructor=3&toString=4");

    expect(calls[0]?.event).toMatchObject({
      queryStringParameters: { constructor: "3", toString: "4" },
      multiValueQueryStringParameters: { constructor: ["2", "3"], toString: ["4"] },
    });
  });
});

describe("the function's answer", () => {
  it("has the headers renamed that API Gateway keeps for itself", async () => {
    const { get } = await setup({
      health: () =>
        answered({
          statusCode: 401,
          headers: { "WWW-Authenticate": "Bearer" },
          multiValueHeaders: { date: ["x"] },
        }),
    });

    const { headers } = await get("/health");

    expect([headers.get("www-authenticate"), headers.get("x-amzn-remapped-www-authenticate")]).toEqual([
      null,
      "Bearer",
    ]);
    expect(headers.get("x-amzn-remapped-date")).toBe("x");
  });

  it("goes out with status, headers, repeated headers and body", async () => {
    const { get } = await setup({
      health: () =>
        answered({
          statusCode: 201,
          headers: { "X-One": 1, "set-cookie": "a=1" },
          multiValueHeaders: { "set-cookie": ["a=1", "b=2"] },
          body: "häi",
        }),
    });

    const answer = await get("/health");

    expect(answer.status).toBe(201);
    expect(answer.headers.get("x-one")).toBe("1");
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await answer.text()).toBe("häi");
  });

  it("is decoded when it says it is base64, and has no body with 204", async () => {
    const { get } = await setup({
      health: () => answered({ statusCode: 200, body: "AP8=", isBase64Encoded: true }),
      slow: () => answered({ statusCode: 204 }),
    });

    expect(new Uint8Array(await (await get("/health")).arrayBuffer())).toEqual(new Uint8Array([0, 255]));
    const empty = await get("/slow");
    expect([empty.status, await empty.text(), empty.headers.get("content-length")]).toEqual([204, "", null]);
  });

  it.each([
    ["nothing", null],
    ["a text", "hello"],
    ["no status", { body: "x" }],
    ["a status that is none", { statusCode: "abc" }],
    ["a status too high", { statusCode: 1000 }],
    ["a body that is an object", { statusCode: 200, body: { a: 1 } }],
    ["headers that are a list", { statusCode: 200, headers: [] }],
    ["a header that is an object", { statusCode: 200, headers: { a: {} } }],
    ["a header that splits the answer", { statusCode: 200, headers: { a: "b\r\nc: d" } }],
    ["repeated headers that are no list", { statusCode: 200, multiValueHeaders: { a: "b" } }],
  ])("is 502 when it is %s", async (_, payload) => {
    const { get } = await setup({ health: () => answered(payload) });

    expect(await problem(await get("/health"))).toEqual([502, "INTEGRATION_FAILURE"]);
  });

  it("is 502 when the function failed, 413 when its event is too large, 504 when it takes too long", async () => {
    const { get } = await setup(
      {
        health: () => failed("Sandbox.Timedout"),
        authorizer: (event) => allow(event),
        data: () => failed("RequestEntityTooLargeException"),
        slow: () => new Promise<Invocation>(() => {}),
      },
      { integrationTimeoutMs: 30 },
    );

    expect(await problem(await get("/health"))).toEqual([502, "INTEGRATION_FAILURE"]);
    expect(await problem(await get("/data", token))).toEqual([413, "BODY_TOO_LARGE"]);
    expect(await problem(await get("/slow"))).toEqual([504, "INTEGRATION_TIMEOUT"]);
  });
});

describe("what the gateway refuses", () => {
  it("is 404 for a path or a method that is no route, without asking anybody", async () => {
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

  it("is 413 above 10 MB, with and without a length told first", async () => {
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

describe("the authorizer", () => {
  it("is not asked without a header: 401", async () => {
    const { get, calls } = await setup({});

    const answer = await get("/data");

    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(await problem(answer)).toEqual([401, "UNAUTHORIZED"]);
    expect(calls).toEqual([]);
  });

  it.each([
    [["Authorization", "Bearer good", "Authorization", "Bearer other"]],
    [["Authorization", "Bearer other", "authorization", "Bearer good"]],
    [["authorization", "Bearer good", "AUTHORIZATION", "Bearer good"]],
  ])("is not asked about two headers, though one of them is known: 401", async (headers) => {
    const { get, origin, calls } = await setup({ authorizer: (event) => allow(event) });
    expect((await get("/data", { headers: { authorization: "Bearer good" } })).status).toBe(200);
    const before = calls.length;

    const status = await new Promise((done, fail) => {
      httpRequest(`${origin}/data`, { headers: ["Host", "localhost", ...headers] }, (response) =>
        done(response.resume().statusCode),
      )
        .on("error", fail)
        .end();
    });

    expect(status).toBe(401);
    expect(calls).toHaveLength(before);
  });

  it("hides nothing of two headers from a public route: the last one, and all of them", async () => {
    const { origin, calls } = await setup({});
    const headers = ["Host", "localhost", "Authorization", "Bearer one", "Authorization", "Bearer two"];

    await new Promise((done, fail) => {
      httpRequest(`${origin}/health`, { headers }, (response) => done(response.resume()))
        .on("error", fail)
        .end();
    });

    expect(calls[0]?.event).toMatchObject({
      headers: { Authorization: "Bearer two" },
      multiValueHeaders: { Authorization: ["Bearer one", "Bearer two"] },
    });
  });

  it.each<[string, Invocation, number, string]>([
    ["throws Unauthorized", failed("Error", "Unauthorized"), 401, "UNAUTHORIZED"],
    ["fails otherwise", failed("Error", "boom"), 500, "AUTHORIZER_FAILURE"],
    ["answers no policy", answered({ principalId: "a" }), 500, "AUTHORIZER_FAILURE"],
    ["answers nothing", answered(null), 500, "AUTHORIZER_FAILURE"],
    [
      "answers a nested context",
      answered({ principalId: "a", policyDocument: { Statement: [] }, context: { a: {} } }),
      500,
      "AUTHORIZER_FAILURE",
    ],
    [
      "denies",
      answered({
        principalId: "a",
        policyDocument: { Statement: [{ Action: "execute-api:Invoke", Effect: "Deny", Resource: "*" }] },
      }),
      403,
      "FORBIDDEN",
    ],
    [
      "allows another route",
      answered({
        principalId: "a",
        policyDocument: {
          Statement: [
            { Action: "execute-api:Invoke", Effect: "Allow", Resource: "arn:aws:execute-api:*/GET/logs" },
          ],
        },
      }),
      403,
      "FORBIDDEN",
    ],
  ])("that %s", async (_, outcome, status, code) => {
    const { get, calls } = await setup({ authorizer: () => outcome });

    expect(await problem(await get("/data", token))).toEqual([status, code]);
    expect(calls.map(({ functionName }) => functionName)).toEqual(["authorizer"]);
  });

  it("is asked once for a token until its answer is a minute old, and its policy decides each route", async () => {
    let now = 1_000_000;
    const { get, calls } = await setup(
      {
        authorizer: () =>
          answered({
            principalId: "alice",
            policyDocument: {
              Statement: [
                { Action: "execute-api:Invoke", Effect: "Allow", Resource: "arn:*:local/local/GET/*" },
              ],
            },
          }),
      },
      { now: () => now },
    );
    const asked = () => calls.filter(({ functionName }) => functionName === "authorizer").length;
    const status = async (path: string, init: RequestInit) => (await get(path, init)).status;

    expect(await status("/data", token)).toBe(200);
    now += 59_999;
    expect(await status("/data/1", token)).toBe(200);
    expect(await status("/data", { ...token, method: "POST" })).toBe(403);
    expect(asked()).toBe(1);
    expect(await status("/data", { headers: { authorization: "Bearer other" } })).toBe(200);
    expect(asked()).toBe(2);
    now += 1;
    expect(await status("/data", token)).toBe(200);
    expect(asked()).toBe(3);
    // Set back, so that what is remembered would be good for an hour more.
    now -= 3_600_000;
    expect(await status("/data", token)).toBe(200);
    expect(asked()).toBe(4);
  });

  it("is asked once when many requests with a new token come together", async () => {
    const { get, calls } = await setup({ authorizer: (event) => allow(event) });

    await Promise.all([get("/data", token), get("/data", token), get("/data", token)]);

    expect(calls.filter(({ functionName }) => functionName === "authorizer")).toHaveLength(1);
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
