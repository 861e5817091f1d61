import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type ExampleVendor, startVendor } from "#local/cleanser/vendor.ts";
import { type Asked, makeAskVendor } from "./ask-vendor.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const aQuestion = (description: string): Asked => ({
  description,
  amount: "-4.50",
  currency: "EUR",
  type: "debit",
  postedAt: "2026-03-01T00:00:00.000Z",
});

const setup = async (timeoutMs = 10_000) => {
  const vendor: ExampleVendor = await startVendor({ port: 0, secret: "s3cret" });
  closers.push(vendor.close);
  const ask = makeAskVendor({ url: vendor.url, now: () => Date.UTC(2026, 2, 1), timeoutMs });
  return { vendor, ask: (...texts: string[]) => ask(texts.map(aQuestion), "s3cret", "test") };
};

describe("asking the vendor", () => {
  it("gives what it says of each in the order of the questions, in the platform's categories", async () => {
    const { ask } = await setup();

    expect(await ask("CORNER CAFE 12", "NO SUCH SHOP", "GROCERY 1", "QUIZ NIGHT")).toEqual({
      kind: "answered",
      answers: [
        {
          merchant: {
            name: "Corner Café",
            website: "cornercafe.example",
            logoUrl: "https://logos.example/cafe.png",
          },
          category: "Restaurants",
          confidence: 0.97,
          location: { city: "Springfield", country: "US", latitude: 39.8, longitude: -89.64 },
        },
        undefined,
        { merchant: { name: "Green Grocer" }, category: "Groceries", confidence: 0.95 },
        { merchant: { name: "Quiz Night" }, category: "Other", confidence: 0.7 },
      ],
    });
  });

  it("repeats a question under the same key and the same ids, and another under others", async () => {
    const { vendor, ask } = await setup();

    await ask("COFFEE", "COFFEE");
    await ask("COFFEE", "COFFEE");
    await ask("COFFEE");

    const [first, again, other] = vendor.requests;
    expect(again).toEqual(first);
    expect(other?.key).not.toBe(first?.key);
    const [one, two] = first?.transactions ?? [];
    expect(one?.id).not.toBe(two?.id);
    expect(vendor.billed()).toBe(3);
  });

  it.each([
    ["down", { kind: "failed", reason: "status 503" }],
    ["busy", { kind: "failed", reason: "status 429", retryAfterSeconds: 5 }],
    ["locked", { kind: "locked", reason: "status 401" }],
    ["gone", { kind: "failed", reason: "no answer: ECONNRESET" }],
    ["wrong", { kind: "failed", reason: "an unreadable answer: no JSON" }],
    ["mixed", { kind: "failed", reason: "an unreadable answer: an id stands in it that was not asked for" }],
    [
      "changed",
      { kind: "failed", reason: "an unreadable answer: not as the schema says: /transactions is required" },
    ],
    ["huge", { kind: "failed", reason: "an answer of more than 1000000 bytes" }],
    ["redirect", { kind: "failed", reason: "status 307 instead of 200" }],
  ] as const)("%s: says how the call ended", async (mode, outcome) => {
    const { vendor, ask } = await setup();
    vendor.behave({ mode });

    expect(await ask("COFFEE")).toEqual(outcome);
    expect(vendor.requests).toHaveLength(1);
  });

  it.each(["hang", "slow"] as const)("%s: gives up when its time is over", async (mode) => {
    const { vendor, ask } = await setup(100);
    vendor.behave({ mode });

    expect(await ask("COFFEE")).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("no answer"),
    });
  });

  it("refuse: is no failure of the vendor", async () => {
    const { vendor, ask } = await setup();
    vendor.behave({ mode: "refuse", word: "BAD" });

    expect(await ask("COFFEE", "BAD")).toEqual({ kind: "refused", reason: "status 400" });
  });

  it("leaves out links that are no links to a page, and what it does not know", async () => {
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => {
        text += chunk;
      });
      request.on("end", () => {
        const [{ id }] = JSON.parse(text).transactions;
        const merchant = { name: "X", logoUrl: "javascript:alert(1)", website: "data:text/html,x", tier: 3 };
        const one = { id, merchant, confidence: 0.8, location: { planet: "Mars" }, mood: "good" };
        response.writeHead(200).end(JSON.stringify({ transactions: [one], next: null }));
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    closers.push(() => new Promise((done) => server.close(done)));
    const { port } = server.address() as { port: number };
    const ask = makeAskVendor({ url: `http://127.0.0.1:${port}/`, now: Date.now });

    expect(await ask([aQuestion("COFFEE")], "s", "")).toEqual({
      kind: "answered",
      answers: [{ merchant: { name: "X" }, confidence: 0.8 }],
    });
  });
});
