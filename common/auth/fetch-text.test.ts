import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { fetchText, isTrustworthy } from "./fetch-text.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const serve = async (listener: RequestListener): Promise<{ url: string; requests: () => number }> => {
  let requests = 0;
  const started = createServer((request, response) => {
    requests += 1;
    listener(request, response);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(started.address() as AddressInfo).port}/keys`,
    requests: () => requests,
  };
};

describe("fetching a text", () => {
  it("answers the body", async () => {
    const { url, requests } = await serve((_, response) => response.end("ü"));

    expect(await fetchText(url)).toBe("ü");
    expect(requests()).toBe(1);
  });

  it("tries once more", async () => {
    let failed = false;
    const { url } = await serve((request, response) => {
      if (failed) response.end("there");
      else request.socket.destroy();
      failed = true;
    });

    expect(await fetchText(url)).toBe("there");
  });

  it.each([204, 301, 302, 404, 500])("fails on status %i and follows it nowhere", async (status) => {
    const { url, requests } = await serve((_, response) => {
      response.writeHead(status, { location: "/other" }).end();
    });

    await expect(fetchText(url)).rejects.toThrow(`expected status 200, got ${status}`);
    expect(requests()).toBe(2);
  });

  it("fails when the answer does not come in time, or does not end", async () => {
    const silent = await serve(() => undefined);
    await expect(fetchText(silent.url, 50)).rejects.toThrow();

    const dripping = await serve((_, response) => {
      response.write("{");
      const drip = setInterval(() => response.write(" "), 10);
      response.on("close", () => clearInterval(drip));
    });
    await expect(fetchText(dripping.url, 100)).rejects.toThrow();
  });

  it("fails when the answer is cut short", async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setTimeout(() => request.socket.destroy(), 10);
    });

    await expect(fetchText(url)).rejects.toThrow();
  });

  it("takes 64 KB and not a byte more", async () => {
    let size = 64 * 1024;
    const { url } = await serve((_, response) => response.end("a".repeat(size)));

    expect(await fetchText(url)).toHaveLength(size);
    size += 1;
    await expect(fetchText(url)).rejects.toThrow("expected at most 65536 bytes");
  });

  it("goes nowhere unencrypted but to this machine", async () => {
    await expect(fetchText("http://issuer.example/keys")).rejects.toThrow("https");
    await expect(fetchText("file:///etc/hostname")).rejects.toThrow("https");
  });
});

describe("a URL that may say who is who", () => {
  it.each([
    "https://issuer.example/a",
    "http://localhost:4000",
    "http://127.0.0.1/",
    "http://127.8.9.1/",
    "http://[::1]:80/",
  ])("%s", (url) => expect(isTrustworthy(url)).toBe(true));

  it.each([
    ...["http://issuer.example", "http://localhost.example", "http://127.0.0.1.example", "http://10.0.0.1"],
    ...["http://localhost@issuer.example", "ftp://localhost", "issuer.example", ""],
  ])("is not %j", (url) => expect(isTrustworthy(url)).toBe(false));
});
