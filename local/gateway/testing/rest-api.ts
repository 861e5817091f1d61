import { join } from "node:path";
import { afterEach, expect } from "vitest";
import type { Declarations, Manifest } from "#common/manifest/manifest.ts";
import { localDeployment } from "../../deployment.ts";
import type { Invocation, InvokeOptions } from "../../seams.ts";
import { type FrontDoor, listenFrontDoor } from "../front-door.ts";
import { loadGatewayResponses } from "../gateway-responses.ts";
import { createRestApi, type RestApiOptions } from "../rest-api.ts";

export const responses = loadGatewayResponses(join(import.meta.dirname, "..", "..", "..", "functions"));

export const manifest = (name: string, triggers: Manifest["triggers"]): Manifest => ({
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

export const declarations = (): Declarations => ({
  folder: "",
  resources: {
    tables: {},
    queues: {},
    topics: {},
    buckets: {},
    buses: {},
    keys: {},
    streams: {},
    settings: {},
  },
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

export type Call = {
  functionName: string;
  event: Record<string, unknown>;
  options: InvokeOptions | undefined;
};
export type Handler = (event: Record<string, unknown>) => Invocation | Promise<Invocation>;

export const answered = (payload: unknown): Invocation => ({ outcome: "answered", payload });
export const failed = (errorType: string, errorMessage = ""): Invocation => ({
  outcome: "failed",
  error: { errorType, errorMessage },
});
export const ok = () => answered({ statusCode: 200, body: "{}" });
export const allow = (event: Record<string, unknown>, more: Record<string, unknown> = {}) =>
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

export const token = { headers: { authorization: "Bearer x" } };
export const problem = async (answer: Response) => {
  const body = (await answer.json()) as Record<string, unknown>;
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(body.requestId).toBe(answer.headers.get("x-request-id"));
  expect(body.status).toBe(answer.status);
  return [answer.status, body.code];
};

/** A REST API for each test that sets one up; its door is closed after the test. */
export const useRestApi = () => {
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

  return setup;
};
