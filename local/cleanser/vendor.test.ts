import { readFileSync } from "node:fs";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { vendorDocument } from "../../scripts/vendor-document.ts";
import { BEHAVIOURS } from "./behaviour.ts";
import { startVendor } from "./vendor.ts";

const vendor = await startVendor({ port: 0, secret: "example" });
afterAll(() => vendor.close());
beforeEach(() => vendor.behave({ mode: "well" }));

const aTransaction = (more: Record<string, unknown> = {}) => ({
  id: "1",
  description: "COFFEE",
  amount: "-4.50",
  currency: "EUR",
  type: "debit",
  postedAt: "2026-03-01T00:00:00.000Z",
  ...more,
});

const ask = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${vendor.url}/v1/cleansings`, {
    method: "POST",
    headers: { authorization: "Bearer example", "idempotency-key": "k", ...headers },
    body: JSON.stringify(body),
    redirect: "manual",
  });

const behave = (body: unknown) =>
  fetch(`${vendor.url}/behaviour`, { method: "PUT", body: JSON.stringify(body) });

describe("the example vendor", () => {
  it("answers what it knows, and leaves out the rest", async () => {
    const response = await ask({
      transactions: [aTransaction(), aTransaction({ id: "2", description: "?" })],
    });

    expect(await response.json()).toEqual({
      transactions: [
        { id: "1", merchant: { name: "Coffee House" }, category: "Coffee Shops", confidence: 0.9 },
      ],
    });
  });

  it("takes nothing without its secret, without a key, or that breaks the schema", async () => {
    const body = { transactions: [aTransaction()] };

    expect((await ask(body, { authorization: "Bearer wrong" })).status).toBe(401);
    expect((await ask(body, { "idempotency-key": "" })).status).toBe(400);
    expect((await ask({ transactions: [] })).status).toBe(422);
    expect((await ask({ transactions: [aTransaction({ accountId: "A1" })] })).status).toBe(422);
    expect((await ask({ transactions: Array(101).fill(aTransaction()) })).status).toBe(422);
  });

  it("behaves as it is asked to while it runs, and says how often it was asked", async () => {
    expect((await behave({ mode: "busy", retryAfter: 9 })).status).toBe(200);
    const response = await ask({ transactions: [aTransaction()] }, { "idempotency-key": "busy" });

    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("9");
    const told = await (await fetch(`${vendor.url}/behaviour`)).json();
    expect(told).toMatchObject({ mode: "busy", requests: vendor.requests.length, billed: vendor.billed() });
  });

  it("behaves badly in the share of requests that is asked for", async () => {
    const draws = [0.1, 0.6, 0.4];
    const other = await startVendor({ port: 0, secret: "example", random: () => draws.shift() ?? 1 });
    other.behave({ mode: "down", share: 0.5 });
    const statuses: number[] = [];
    for (let request = 0; request < 3; request += 1) {
      const { status } = await fetch(`${other.url}/v1/cleansings`, {
        method: "POST",
        headers: { authorization: "Bearer example", "idempotency-key": "k" },
        body: JSON.stringify({ transactions: [aTransaction()] }),
      });
      statuses.push(status);
    }
    await other.close();

    expect(statuses).toEqual([503, 200, 503]);
  });

  it.each([{ mode: "mad" }, { share: 2 }, { delay: "long" }, { colour: "red" }, [], 1])(
    "refuses to behave as %j",
    async (body) => {
      expect((await behave(body)).status).toBe(400);
    },
  );

  it("is not for pages of the web", async () => {
    const { status } = await ask({ transactions: [aTransaction()] }, { origin: "https://evil.example" });

    expect(status).toBe(403);
  });

  it("has every behaviour named in the help of its command", () => {
    const { cleanser } = JSON.parse(readFileSync("scripts/commands.json", "utf8"));

    for (const name of Object.keys(BEHAVIOURS)) expect(cleanser.options.behave.help).toContain(name);
  });
});

describe("the OpenAPI document of a vendor", () => {
  it("is made of the schemas that the platform checks by (node scripts/node24.mjs scripts/vendor-document.ts)", () => {
    const written = JSON.parse(readFileSync("docs/cleansing-vendor.openapi.json", "utf8"));

    expect(written).toEqual(JSON.parse(JSON.stringify(vendorDocument())));
  });
});
