import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import type { Invocation } from "../seams.ts";
import { allow, answered, failed, problem, token, useRestApi } from "./testing/rest-api.ts";

const setup = useRestApi();

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
