import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { clientsFor } from "../aws/testing/port.ts";
import { type ExampleVendor, startVendor } from "../cleanser/vendor.ts";
import { type System, startSystem } from "../testing/system.ts";

let vendor: ExampleVendor;
let system: System;
let token: string;

beforeAll(async () => {
  vendor = await startVendor({ port: 0, secret: "of-the-system" });
  system = await startSystem({
    // As `npm start` hands its own environment on.
    environment: { CLEANSER_URL: vendor.url, CLEANSER_SECRET: "of-the-system" },
  });
  token = await system.token(["admin"]);
  const body = { userId: "alice", currency: "EUR" };
  expect((await system.call("PUT /accounts/A1", { token, body })).status).toBe(201);
}, 60_000);
afterAll(async () => {
  await system.stop();
  await vendor.close();
});

type Row = { transactionId: string; category: string; categorySource: string; merchant?: { name: string } };

const ROWS = 120;

const deliver = (name: string, description: string) => {
  const rows = Array.from(
    { length: ROWS },
    (_, number) => `A1,T${number},2026-03-01,-4.50,EUR,${description} ${number},debit`,
  );
  const head = "accountId,transactionId,postedAt,amount,currency,description,type";
  return clientsFor(system.platform.awsUrl).s3.send(
    new PutObjectCommand({
      Bucket: "millrace-local-delivery",
      Key: `transactions/demo/${name}.csv`,
      Body: `${[head, ...rows].join("\n")}\n`,
    }),
  );
};

const transactions = async (): Promise<Row[]> => {
  const rows: Row[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const more: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const reply = await system.call(`GET /accounts/A1/transactions?limit=100${more}`, { token });
    const page = reply.body as { items: Row[]; cursor: string | null };
    rows.push(...page.items);
    cursor = page.cursor;
  }
  return rows;
};

/** All rows, once this many show what the vendor said. */
const whenByVendor = (count: number, category: string): Promise<Row[]> =>
  eventually(
    transactions,
    (rows) => {
      const found = rows.filter((row) => row.categorySource === "vendor" && row.category === category);
      return found.length === count;
    },
    60_000,
  );

const synced = async (cursor?: string) => {
  const query = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const { body } = await system.call(`GET /transactions/sync?limit=500${query}`, { token });
  return body as { added: Row[]; modified: Row[]; cursor: string };
};

describe("a vendor behind the whole platform", () => {
  it("that is busy first says what a night's transactions are, and the sync feed shows it", async () => {
    vendor.behave({ mode: "busy", retryAfter: 1 });
    await deliver("first", "COFFEE");
    await eventually(() => vendor.requests.some(({ status }) => status === 429), 30_000);
    const before = await synced();
    vendor.behave({ mode: "well" });

    const rows = await whenByVendor(ROWS, "Restaurants");

    expect(rows).toHaveLength(ROWS);
    expect(rows[0]).toMatchObject({ merchant: { name: "Coffee House" } });
    expect(vendor.billed()).toBe(ROWS);
    const after = await synced(before.cursor);
    const seen = new Set(
      [...before.added, ...after.added, ...after.modified].map((row) => row.transactionId),
    );
    expect(seen.size).toBe(ROWS);
    expect(after.modified.filter((row) => row.categorySource === "vendor")).toHaveLength(ROWS);
  }, 90_000);

  it("does not change what a person set, with another file and when all is cleansed again", async () => {
    const path = "PATCH /accounts/A1/transactions/T7";
    expect((await system.call(path, { token, body: { category: "Mine" } })).status).toBe(200);

    await deliver("second", "GROCERY");
    await whenByVendor(ROWS - 1, "Groceries");
    const body = { vendor: true };
    const started = await system.call("POST /cleansings", { token, body });
    expect(started.status, started.text).toBe(202);
    const second = await system.call("POST /cleansings", { token, body });
    const { id } = started.body as { id: string };
    const ended = await eventually(
      async () => (await system.call(`GET /cleansings/${id}`, { token })).body as { status: string },
      ({ status }) => status === "completed",
      30_000,
    );

    expect(ended).toEqual({ id, status: "completed", rows: ROWS, rowsDone: ROWS, changed: 0 });
    expect([202, 409]).toContain(second.status);
    const mine = (await transactions()).filter(({ category }) => category === "Mine");
    expect(mine).toMatchObject([{ transactionId: "T7", categorySource: "person" }]);
    expect(vendor.atOnce()).toBeLessThanOrEqual(5);
  }, 90_000);
});
