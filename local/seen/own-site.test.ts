import { request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type FrontDoor, listenFrontDoor } from "../gateway/front-door.ts";
import { loadGatewayResponses } from "../gateway/gateway-responses.ts";
import { send } from "../gateway/rest-api.ts";
import { chaosRoute } from "./chaos-route.ts";
import { ownSite } from "./own-site.ts";

const responses = loadGatewayResponses(join(import.meta.dirname, "../..", "functions"));

let door: FrontDoor | undefined;
afterEach(() => door?.close(AbortSignal.abort()));

type Asked = { method?: string; path?: string; headers?: Record<string, string>; body?: string };

const setup = async () => {
  const chaos = { share: 0, random: Math.random };
  door = await listenFrontDoor(0, responses);
  door.open(
    async (asked, response) => send(asked, response, { status: 299, headers: [], body: "{}" }),
    [ownSite(responses, [chaosRoute(chaos)])],
  );
  const { port } = door;
  /** With exactly these headers, as a browser would send them. */
  const ask = ({ method = "PUT", path = "/_millrace/chaos", headers = {}, body = "" }: Asked) =>
    new Promise<{ status: number; type: string; body: unknown; headers: object }>((done, fail) => {
      // Node sends no length for a body of DELETE by itself.
      const all = { ...headers, "content-length": Buffer.byteLength(body) };
      const sent = request(`http://127.0.0.1:${port}${path}`, { method, headers: all }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => {
          const type = response.headers["content-type"] ?? "";
          done({ status: response.statusCode ?? 0, type, body: JSON.parse(text), headers: response.headers });
        });
      });
      sent.on("error", fail).end(body);
    });
  return { chaos, port, ask };
};

describe("a route of the platform's own", () => {
  it("answers what is set, to GET and to PUT", async () => {
    const { chaos, ask } = await setup();

    const put = await ask({ body: '{"share":0.25}' });
    const got = await ask({ method: "GET" });

    expect(chaos.share).toBe(0.25);
    expect([put.status, put.type, put.body]).toEqual([200, "application/json", { share: 0.25 }]);
    expect([got.status, got.body]).toEqual([200, { share: 0.25 }]);
  });

  it.each<[string, { path: string; message: string }[]]>([
    ["{}", [{ path: "/share", message: "is required" }]],
    ['{"share":2}', [{ path: "/share", message: "must be a number from 0 to 1, got 2" }]],
    ['{"share":-0.1}', [{ path: "/share", message: "must be a number from 0 to 1, got -0.1" }]],
    ['{"share":"1"}', [{ path: "/share", message: "must be a number from 0 to 1, got a string" }]],
    ["[]", [{ path: "", message: "must be an object, got an array" }]],
    ["null", [{ path: "", message: "must be an object, got null" }]],
    [
      '{"share":null,"sahre":1,"a/b":1}',
      [
        { path: "/share", message: "must be a number from 0 to 1, got null" },
        { path: "/sahre", message: "is not a known field" },
        { path: "/a~1b", message: "is not a known field" },
      ],
    ],
  ])("answers %s with a problem that names each fault", async (body, errors) => {
    const { chaos, ask } = await setup();

    const answer = await ask({ body });

    expect([answer.status, answer.type]).toEqual([400, "application/problem+json"]);
    expect(answer.body).toMatchObject({
      status: 400,
      code: "INPUT_INVALID",
      requestId: expect.any(String),
      errors: errors.map((fault) => ({ in: "body", ...fault })),
    });
    expect(chaos.share).toBe(0);
  });

  it.each(["", "{", '{"share":0.1} x'])(
    "answers the body %j with the problem BODY_NOT_JSON",
    async (body) => {
      const { ask } = await setup();

      const answer = await ask({ body });

      expect([answer.status, answer.type]).toEqual([400, "application/problem+json"]);
      expect(answer.body).toMatchObject({ code: "BODY_NOT_JSON" });
    },
  );

  it("has no other methods, and leaves other paths to the API", async () => {
    const { ask } = await setup();

    for (const method of ["POST", "DELETE", "PATCH"]) {
      const answer = await ask({ method, body: '{"share":1}' });
      expect([answer.status, answer.body]).toEqual([
        404,
        expect.objectContaining({ code: "ROUTE_NOT_FOUND" }),
      ]);
    }
    expect((await ask({ method: "GET", path: "/_millrace/chaos?x" })).status).toBe(200);
    expect((await ask({ method: "GET", path: "/_millrace/chaos/x" })).status).toBe(299);
  });
});

describe("a web page", () => {
  it.each<[string, Record<string, string>]>([
    ["of another origin", { origin: "https://evil.example" }],
    ["of another port of this machine", { origin: "http://localhost:3000" }],
    ["without an origin, such as a file", { origin: "null" }],
    ["of another site, by the browser's own word", { "sec-fetch-site": "cross-site" }],
    ["of another port, by the browser's own word", { "sec-fetch-site": "same-site" }],
    [
      "that was reached by a link of another site",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    ],
  ])("%s can neither set nor read", async (_what, headers) => {
    const { chaos, ask } = await setup();
    const preflight = { ...headers, "access-control-request-method": "PUT" };

    const answers = [
      await ask({ headers: { ...headers, "content-type": "text/plain" }, body: '{"share":1}' }),
      await ask({ method: "GET", headers }),
      await ask({ method: "POST", headers, body: '{"share":1}' }),
      await ask({ method: "OPTIONS", headers: preflight }),
    ];

    for (const { status, type, body, headers: answered } of answers) {
      expect([status, type]).toEqual([403, "application/problem+json"]);
      expect(body).toMatchObject({ code: "FORBIDDEN" });
      expect(Object.keys(answered)).not.toContain("access-control-allow-origin");
    }
    expect(chaos.share).toBe(0);
  });

  it("whose name was made to resolve to this machine is refused by its Host", async () => {
    const { chaos, port, ask } = await setup();
    const host = `evil.example:${port}`;

    const answer = await ask({
      headers: { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" },
      body: '{"share":1}',
    });

    expect([answer.status, chaos.share]).toEqual([403, 0]);
  });

  it("of the front door itself may", async () => {
    const { chaos, port, ask } = await setup();
    const headers = { origin: `http://127.0.0.1:${port}`, "sec-fetch-site": "same-origin" };

    expect((await ask({ headers, body: '{"share":0.5}' })).status).toBe(200);
    expect((await ask({ method: "GET", headers: { "sec-fetch-site": "none" } })).status).toBe(200);
    expect(chaos.share).toBe(0.5);
  });
});
