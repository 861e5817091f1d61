import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { welcomeSite } from "./site.ts";
import type { WelcomeOptions } from "./welcome.ts";

const options: WelcomeOptions = {
  url: "http://localhost:5000",
  awsUrl: "http://localhost:6000",
  version: "1.2.3",
  dataFolder: "/somewhere else",
  routes: [
    {
      functionName: "things",
      method: "GET",
      resource: "/things/{id}",
      resourceId: "r",
      role: "<b>things.read",
    },
    { functionName: "health", method: "GET", resource: "/health", resourceId: "h", role: null },
  ],
};
const site = welcomeSite(options);

const answerTo = async (accept?: string) => {
  const { status, headers, body } = await site.handle({ headers: { accept } } as IncomingMessage, "id");
  const pairs = Array.from({ length: headers.length / 2 }, (_, at) => headers.slice(at * 2, at * 2 + 2));
  return { status, headers: Object.fromEntries(pairs), body: String(body) };
};

describe("GET / of the front door", () => {
  it.each(["*/*", "application/json", undefined])("is JSON when the caller accepts %s", async (accept) => {
    const { status, headers, body } = await answerTo(accept);

    expect([status, headers["content-type"], headers.vary]).toEqual([200, "application/json", "accept"]);
    expect(JSON.parse(body)).toMatchObject({
      name: "Millrace",
      version: "1.2.3",
      openapi: "http://localhost:5000/openapi.json",
      aws: "http://localhost:6000",
      token: expect.stringMatching(/^TOKEN=\$\(npm run -s token .* --data '\/somewhere else'\)$/),
      routes: [
        { route: "GET /things/{id}", role: "<b>things.read" },
        { route: "GET /health", role: null },
      ],
    });
  });

  it("is a page for a browser, with the commands, and with no text that becomes markup", async () => {
    const { headers, body } = await answerTo("text/html,application/xhtml+xml,*/*;q=0.8");

    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(body).toContain('<a href="http://localhost:5000/openapi.json">');
    expect(body).toContain("http://localhost:6000");
    expect(body).toContain("curl -sw '\\n' &quot;http://localhost:5000/events/verify&quot;");
    expect(body).toContain("&lt;b&gt;things.read");
    expect(body).not.toContain("<b>");
  });

  it.each([
    ["localhost", "/", "GET", true],
    ["127.0.0.1", "/?from=here", "HEAD", true],
    ["localhost", "/", "POST", false],
    ["localhost", "/data", "GET", false],
    ["go.localhost", "/", "GET", false],
  ])("claims %s %s %s: %s", (hostname, url, method, claimed) => {
    expect(site.claims(hostname, url, method)).toBe(claimed);
  });

  it("is left to a function whose manifest has the route", () => {
    const page = { functionName: "page", method: "GET", resource: "/", resourceId: "p", role: null };

    expect(welcomeSite({ ...options, routes: [page] }).claims("localhost", "/", "GET")).toBe(false);
  });
});
