import { gzipSync } from "node:zlib";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { clientsFor } from "../aws/testing/port.ts";
import { type System, startSystem } from "../testing/system.ts";

let system: System;
let token: string;

beforeAll(async () => {
  system = await startSystem();
  token = await system.token(["admin"]);
}, 60_000);
afterAll(() => system.stop());

type Import = {
  id: string;
  status: string;
  file: string;
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  rejected: number;
  undo?: object;
  upload: { url: string; headers: Record<string, string> };
};

const HEAD = "accountId,transactionId,postedAt,amount,currency,description,type";
const night = (...rows: string[]): string => `${[HEAD, ...rows].join("\n")}\n`;

const get = async (path: string): Promise<unknown> => {
  const { status, body, text } = await system.call(`GET ${path}`, { token });
  expect(status, text).toBe(200);
  return body;
};
const imports = async (): Promise<Import[]> =>
  ((await get("/imports?limit=100")) as { items: Import[] }).items;

const deliver = (key: string, body: string | Uint8Array) =>
  clientsFor(system.platform.awsUrl).s3.send(
    new PutObjectCommand({ Bucket: "millrace-local-delivery", Key: key, Body: body }),
  );

const whenEnded = async (id: string, status = "completed"): Promise<Import> =>
  (await eventually(
    () => get(`/imports/${id}`),
    (one) => (one as Import).status === status,
  )) as Import;

/** The import of a delivered file, once it has ended. */
const whenDelivered = async (key: string): Promise<Import> => {
  const all = await eventually(imports, (found) => found.some(({ file }) => file === key));
  return whenEnded(all.find(({ file }) => file === key)?.id ?? "");
};

const descriptions = async (accountId: string): Promise<string[]> => {
  const { items } = (await get(`/accounts/${accountId}/transactions?limit=100`)) as {
    items: { description: string }[];
  };
  return items.map(({ description }) => description).toSorted();
};

const own = async (accountId: string): Promise<void> => {
  const body = { userId: "alice", currency: "EUR" };
  const { status, text } = await system.call(`PUT /accounts/${accountId}`, { token, body });
  expect(status, text).toBeLessThan(300);
};

describe("a file that an organization delivers", () => {
  const rows = ["A1,T1,2026-03-01,-4.50,EUR,Coffee,debit", "A1,T2,2026-03-02,10,EUR,Pay,credit"];

  it("becomes the transactions of its accounts, and its bad rows can be read", async () => {
    await own("A1");
    const key = "transactions/demo/my night ü+%.csv.gz";
    await deliver(key, gzipSync(night(...rows, "A1,T3,yesterday,1,EUR,x,debit")));

    expect(await whenDelivered(key)).toMatchObject({ rows: 3, added: 2, rejected: 1 });

    expect(await descriptions("A1")).toEqual(["Coffee", "Pay"]);
    const { id = "" } = (await imports()).find(({ file }) => file === key) ?? {};
    expect(await get(`/imports/${id}/rejects`)).toMatchObject({
      items: [{ line: 4, errors: [{ column: "postedAt", code: "DATE_INVALID" }] }],
      cursor: null,
    });
  });

  it("changes nothing when it comes again", async () => {
    const key = "transactions/demo/again.csv";
    await deliver(key, night(...rows));

    expect(await whenDelivered(key)).toMatchObject({ rows: 2, unchanged: 2, added: 0, changed: 0 });
  });
});

const announce = async (text: string, more: object = {}): Promise<Import> => {
  const body = { service: "transactions", fileName: "night.csv", bytes: Buffer.byteLength(text), ...more };
  const reply = await system.call("POST /imports", { token, body });
  expect(reply.status, reply.text).toBe(201);
  return reply.body as Import;
};

const upload = async ({ upload: { url, headers } }: Import, text: string): Promise<number> =>
  (
    await fetch(url, {
      method: "PUT",
      headers: { ...headers, "content-length": String(Buffer.byteLength(text)) },
      body: text,
    })
  ).status;

describe("a file that is uploaded", () => {
  it("must have the length that was announced", async () => {
    const text = night("B1,T1,2026-03-01,1,EUR,One,credit");
    const announced = await announce(text);

    expect(await upload(announced, `${text}more`)).toBe(403);
    expect(await upload(announced, text)).toBe(200);

    expect(await whenEnded(announced.id)).toMatchObject({ rows: 1, added: 1 });
  });

  it("as a dry run shows by row what the run then does", async () => {
    await own("C1");
    const text = night("C1,T1,2026-03-01,1,EUR,One,credit", "C1,T2,2026-03-01,2,EUR,Two,credit");
    const rehearsal = await announce(text, { dryRun: true });
    await upload(rehearsal, text);
    expect(await whenEnded(rehearsal.id)).toMatchObject({ added: 2 });
    expect(await get(`/imports/${rehearsal.id}/changes`)).toMatchObject({
      items: [
        { line: 2, accountId: "C1", transactionId: "T1", verdict: "added" },
        { line: 3, transactionId: "T2" },
      ],
    });
    expect(await descriptions("C1")).toEqual([]);

    const run = await announce(text);
    await upload(run, text);

    expect(await whenEnded(run.id)).toMatchObject({ added: 2, changed: 0, unchanged: 0 });
    expect(await descriptions("C1")).toEqual(["One", "Two"]);
  });
});

describe("an import that is undone", () => {
  it("leaves what a later one says, and cannot be undone twice", async () => {
    await own("D1");
    const [one, two] = ["D1,T1,2026-03-01,1,EUR,One,credit", "D1,T2,2026-03-01,2,EUR,Two,credit"];
    await deliver("transactions/demo/first.csv", night(one, two));
    const { id } = await whenDelivered("transactions/demo/first.csv");
    await deliver("transactions/demo/second.csv", night(two));
    await whenDelivered("transactions/demo/second.csv");
    const remove = (query: string) => system.call(`DELETE /imports/${id}?${query}`, { token });

    expect((await remove("undo=true&dryRun=true")).status).toBe(202);
    const rehearsed = (await eventually(
      () => get(`/imports/${id}`),
      (found) => (found as Import).undo !== undefined,
    )) as Import;
    expect(rehearsed.undo).toEqual({ removed: 1, restored: 0, left: 1 });
    expect((await remove("undo=true")).status).toBe(202);

    expect(await whenEnded(id, "undone")).toMatchObject({ undo: rehearsed.undo });
    expect(await descriptions("D1")).toEqual(["Two"]);
    expect((await remove("undo=true")).status).toBe(409);
  }, 60_000);
});
