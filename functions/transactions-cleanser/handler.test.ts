import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { newJob } from "#common/jobs/job.ts";
import { jobsOf } from "#common/jobs/jobs.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { makeEdit } from "#common/transactions/changes/edit.ts";
import { type RecleansingRequest, recleansingJob } from "#common/transactions/cleansing/recleanse.ts";
import { rowFromItem } from "#common/transactions/rows/row-item.ts";
import { shownOf } from "#common/transactions/rows/shown.ts";
import { aFileRow } from "#common/transactions/testing/files.ts";
import { makeLoaded } from "#common/transactions/testing/loaded.ts";
import type { Behaviour } from "#local/cleanser/behaviour.ts";
import { startVendor } from "#local/cleanser/vendor.ts";
import { startFunction } from "#local/testing/start-function.ts";

const SECRET = "s3cret-of-the-vendor";
const vendor = await startVendor({ port: 0, secret: SECRET });
afterAll(() => vendor.close());
const cleanser = await startFunction("transactions-cleanser", {
  CLEANSER_URL: vendor.url,
  CLEANSER_SECRET: SECRET,
});

const table = dynamodbTable("millrace-local-transactions");
const jobs = jobsOf(dynamodbTable("millrace-local-jobs"), recleansingJob);

beforeEach(async () => {
  vendor.behave({ mode: "well" });
  await held();
  await cleanser.remove("transactions", { pk: "-#vendor", sk: "breaker" });
});

type NewRow = Parameters<typeof aFileRow>[0];

/** An organization with these transactions, which no vendor was asked about yet, and the message about them. */
const setup = async (organizationId: string, rows: readonly NewRow[]) => {
  const loaded = makeLoaded({ organizationId, table });
  await loaded.own("A1");
  const file = rows.map((row, number) => aFileRow({ transactionId: `t${number}`, ...row }));
  await loaded.load(file);
  const named = file.map(({ accountId, transactionId = "" }) => ({ accountId, transactionId }));
  return { loaded, message: { organizationId, rows: named } };
};

const shown = async (organizationId: string) => {
  const items = await cleanser.rows("transactions");
  const ours = items.filter(
    ({ pk, sk }) => pk.startsWith(`${organizationId}#account#`) && sk.startsWith("transaction#"),
  );
  return ours.flatMap((item) => shownOf(rowFromItem(item), 0) ?? []);
};

const categories = async (organizationId: string) =>
  Object.fromEntries(
    (await shown(organizationId)).map(({ transactionId, category, categorySource }) => [
      transactionId,
      `${category} by ${categorySource}`,
    ]),
  );

/** What the queue gives out now. */
const waiting = () => cleanser.sent("transactions-cleansings");

/** What the queue holds back as well. */
const held = (): Promise<unknown[]> => {
  cleanser.pass(1_000_000);
  return waiting();
};

describe("transactions of a file", () => {
  it("get what the vendor says, at the confidence that counts, and what it does not know by the rules", async () => {
    const { message } = await setup("well", [
      { description: "CORNER CAFE 12" },
      { description: "PERHAPS SHOP" },
      { description: "NO SUCH THING" },
      { description: "QUIZ NIGHT" },
    ]);

    expect(await cleanser.deliver(message)).toEqual([]);

    expect(await categories("well")).toEqual({
      t0: "Restaurants by vendor",
      t1: "Other by none",
      t2: "Other by none",
      t3: "Other by vendor",
    });
    expect((await shown("well"))[0]).toMatchObject({
      merchant: { name: "Corner Café" },
      confidence: 0.97,
      location: { city: "Springfield" },
      description: "CORNER CAFE 12",
    });
  });

  it("show in the sync feed that they changed", async () => {
    const { message } = await setup("fed", [{ description: "COFFEE" }]);
    const before = await table.get({ pk: "fed#account#A1", sk: "account" });

    await cleanser.deliver(message);

    const after = await table.get({ pk: "fed#account#A1", sk: "account" });
    expect(Number(after?.last)).toBe(Number(before?.last) + 1);
  });

  it("are asked about once: a message that comes twice asks nothing", async () => {
    const { message } = await setup("once", [{ description: "COFFEE" }, { description: "NO SUCH THING" }]);
    const before = vendor.requests.length;

    await cleanser.deliver(message);
    await cleanser.deliver(message);

    expect(vendor.requests.length).toBe(before + 1);
  });

  it("are sent to the vendor without account, user, memo and ids of the platform", async () => {
    const row = { description: "COFFEE", accountId: "ACCOUNT-7", transactionId: "bank-77", memo: "for Ann" };
    const { message } = await setup("private", [row]);

    await cleanser.deliver(message);

    const asked = vendor.requests.at(-1);
    expect(Object.keys(asked?.transactions[0] ?? {}).sort()).toEqual(
      ["amount", "currency", "description", "id", "postedAt", "type"].sort(),
    );
    expect(JSON.stringify(asked)).not.toMatch(/ACCOUNT-7|bank-77|Ann|private/);
  });

  it("keep the category that a person set, whatever a vendor says, now and after another file", async () => {
    const { loaded, message } = await setup("person", [{ description: "COFFEE" }]);
    const target = { organizationId: "person", accountId: "A1", transactionId: "t0", userId: "ann" };
    await makeEdit({ table })(target, { category: "My own" });

    await cleanser.deliver(message);
    expect(await categories("person")).toEqual({ t0: "My own by person" });
    await loaded.load([aFileRow({ transactionId: "t0", description: "GROCERY" })]);
    await cleanser.deliver(message);
    expect(await categories("person")).toEqual({ t0: "My own by person" });
    await makeEdit({ table })(target, { category: null });
    expect(await categories("person")).toEqual({ t0: "Groceries by vendor" });
  });

  it("lose what the vendor said of another description", async () => {
    const { loaded, message } = await setup("renamed", [{ description: "COFFEE" }]);
    await cleanser.deliver(message);

    await loaded.load([aFileRow({ transactionId: "t0", description: "NO SUCH THING" })]);

    expect(await categories("renamed")).toEqual({ t0: "Other by none" });
  });
});

describe("a vendor that misbehaves", () => {
  const twenty = Array.from({ length: 20 }, (_, number) => ({ description: `COFFEE ${number}` }));

  it.each([
    ["down", {}],
    ["busy", { retryAfter: 7 }],
    ["gone", {}],
    ["wrong", {}],
    ["mixed", {}],
    ["changed", {}],
    ["huge", {}],
    ["redirect", {}],
    ["locked", {}],
  ] as const)(
    "%s: nothing is lost, and all is cleansed once it is well again",
    async (mode, more: Partial<Behaviour>) => {
      const { message } = await setup(`bad-${mode}`, twenty);
      vendor.behave({ mode, ...more });

      expect(await cleanser.deliver(message)).toEqual([]);
      expect(await cleanser.deadLetters()).toEqual([]);
      const [again] = await held();
      expect(again).toEqual({ ...message, tries: mode === "locked" ? 0 : 1 });
      vendor.behave({ mode: "well" });
      await cleanser.deliver(again);

      const all = Object.values(await categories(`bad-${mode}`));
      expect(all).toEqual(Array(20).fill("Restaurants by vendor"));
    },
  );

  it("is asked again after the time that it asks for", async () => {
    const { message } = await setup("later", [{ description: "COFFEE" }]);
    vendor.behave({ mode: "busy", retryAfter: 60 });
    await cleanser.deliver(message);

    cleanser.pass(58_000);
    expect(await waiting()).toEqual([]);
    cleanser.pass(32_000);
    expect(await waiting()).toHaveLength(1);
  });

  it("is left alone after five failures: messages wait, and burn no try", async () => {
    const { message } = await setup("breaker", [{ description: "COFFEE" }]);
    vendor.behave({ mode: "down" });
    for (let failures = 0; failures < 5; failures += 1) await cleanser.deliver(message);
    const before = vendor.requests.length;
    await held();

    expect(await cleanser.deliver({ ...message, tries: 3 })).toEqual([]);

    expect(vendor.requests.length).toBe(before);
    expect(await held()).toEqual([{ ...message, tries: 3 }]);
    expect(cleanser.output().text()).toContain("the breaker is open");
  });

  it("refuses a transaction: that one becomes a dead letter, the others are cleansed", async () => {
    const bad = twenty.map((row, number) => (number === 13 ? { description: "BAD 13" } : row));
    const { message } = await setup("refused", bad);
    vendor.behave({ mode: "refuse", word: "BAD" });

    expect(await cleanser.deliver(message)).toEqual([]);

    const [letter, ...others] = await cleanser.deadLetters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ code: "CLEANSING_REFUSED" });
    expect(JSON.parse(letter?.body ?? "")).toEqual({
      organizationId: "refused",
      rows: [{ accountId: "A1", transactionId: "t13" }],
    });
    expect(Object.values(await categories("refused")).filter((one) => one.endsWith("vendor"))).toHaveLength(
      19,
    );
    expect(await waiting()).toEqual([]);
  });

  it("fails with the same transactions too often: they become a dead letter, with all that they are", async () => {
    const { message } = await setup("given-up", [{ description: "COFFEE" }]);
    vendor.behave({ mode: "down" });

    await cleanser.deliver({ ...message, tries: 11 });

    const [letter] = await cleanser.deadLetters();
    expect(letter).toMatchObject({ code: "CLEANSING_FAILED" });
    expect(JSON.parse(letter?.body ?? "")).toEqual(message);
  });

  it("recovers after failures of every kind: all that was loaded is cleansed", async () => {
    const { message } = await setup("mended", twenty);
    let answers = 0;
    const modes = ["down", "busy", "changed", "gone"] as const;
    const misbehave = () => vendor.behave({ mode: modes[answers++] ?? "well" });
    misbehave();
    let rounds = 0;
    for (let next: unknown[] = [message]; next.length > 0; rounds += 1) {
      for (const one of next) await cleanser.deliver(one);
      misbehave();
      next = await held();
    }

    expect(rounds).toBe(5);
    expect(Object.values(await categories("mended"))).toEqual(Array(20).fill("Restaurants by vendor"));
  });

  it("does not see its secret in the logs", async () => {
    const { message } = await setup("secret", [{ description: "COFFEE" }]);
    for (const mode of ["locked", "down", "wrong", "well"] as const) {
      vendor.behave({ mode });
      await cleanser.deliver(message);
    }

    expect(cleanser.output().text()).not.toContain(SECRET);
    expect(cleanser.output().text()).not.toContain("COFFEE");
  });
});

describe("settings", () => {
  it("without a vendor the rules alone cleanse, and what waits for one is done", async () => {
    await cleanser.restart({});
    const { message } = await setup("alone", [{ description: "COFFEE" }]);
    const before = vendor.requests.length;

    expect(await cleanser.deliver(message)).toEqual([]);

    expect(vendor.requests.length).toBe(before);
    expect(await waiting()).toEqual([]);
    await cleanser.restart();
  });

  it("asks about no more transactions in a month than are allowed", async () => {
    await cleanser.restart({ CLEANSER_URL: vendor.url, CLEANSER_SECRET: SECRET, CLEANSER_MONTHLY_MAX: "2" });
    const { message } = await setup(
      "spent",
      [1, 2, 3].map((number) => ({ description: `COFFEE ${number}` })),
    );

    expect(await cleanser.deliver(message)).toEqual([]);

    expect(Object.values(await categories("spent")).filter((one) => one.endsWith("vendor"))).toHaveLength(2);
    expect(await waiting()).toEqual([]);
    await cleanser.restart();
  });

  it.each(["http://vendor.example", "https://user:pass@vendor.example", "ftp://vendor.example", "vendor"])(
    "refuses to send transactions to %s, and does not repeat it",
    async (url) => {
      const start = cleanser.restart({ CLEANSER_URL: url });

      await expect(start).rejects.toThrow(/CLEANSER_URL must be an https URL/);
      await expect(start).rejects.not.toThrow(url);
      await cleanser.restart();
    },
  );
});

describe("a message", () => {
  it.each([7, {}, { organizationId: "demo", rows: [] }, { organizationId: "No", jobId: "1" }])(
    "that is none becomes a dead letter: %j",
    async (body) => {
      expect(await cleanser.deliver(body)).toEqual([]);
      expect(await cleanser.deadLetters()).toMatchObject([{ code: "MESSAGE_INVALID" }]);
    },
  );
});

describe("an organization that is cleansed again", () => {
  let number = 0;
  const start = async (organizationId: string, request: Partial<RecleansingRequest> = {}) => {
    number += 1;
    const jobId = `01990000-0000-7000-8000-${String(number).padStart(12, "0")}`;
    const asked = { vendor: false, dryRun: false, ...request };
    await jobs.add(newJob({ jobId, organizationId, userId: "olga", request: asked }, Date.now()));
    return { message: { organizationId, jobId }, read: () => jobs.read(organizationId, jobId) };
  };

  const night = Array.from({ length: 190 }, (_, at) => ({
    accountId: at % 3 === 0 ? "A1" : "A2",
    description: at % 2 === 0 ? "NETFLIX.COM LOS GATOS" : "NO SUCH THING",
    postedAt: `2026-03-${String(1 + (at % 28)).padStart(2, "0")}T00:00:00.000Z`,
  }));

  it("gets what the rules say now, counts what changed, and a second time nothing", async () => {
    await setup("again", night);
    const first = await start("again");
    const second = await start("again");

    await cleanser.deliver(first.message);
    await cleanser.deliver(second.message);

    expect(await first.read()).toMatchObject({
      state: "succeeded",
      result: { rows: 190, rowsDone: 190, changed: 95 },
    });
    expect(await second.read()).toMatchObject({ state: "succeeded", result: { changed: 0 } });
    const all = Object.values(await categories("again"));
    expect(all.filter((one) => one === "Entertainment by rules")).toHaveLength(95);
  });

  it("of a dry run says the same and writes nothing", async () => {
    await setup("dry", night.slice(0, 20));
    const before = await shown("dry");
    const dry = await start("dry", { dryRun: true });
    const wet = await start("dry");

    await cleanser.deliver(dry.message);
    expect(await shown("dry")).toEqual(before);
    await cleanser.deliver(wet.message);

    expect((await dry.read())?.result).toEqual((await wet.read())?.result);
    expect((await wet.read())?.result).toMatchObject({ changed: 10 });
  });

  it("touches only what was posted at `from` or later", async () => {
    await setup("from", night.slice(0, 28));
    const job = await start("from", { from: "2026-03-15T00:00:00.000Z" });

    await cleanser.deliver(job.message);

    expect(await job.read()).toMatchObject({ result: { rows: 14, changed: 7 } });
  });

  it("asks the vendor anew where that is asked for, and waits for one that is down", async () => {
    const { message } = await setup("anew", [{ description: "COFFEE" }, { description: "GROCERY" }]);
    await cleanser.deliver(message);
    const job = await start("anew", { vendor: true });
    const before = vendor.requests.length;
    vendor.behave({ mode: "down" });

    await cleanser.deliver(job.message);
    expect(await job.read()).toMatchObject({ state: "running" });
    vendor.behave({ mode: "well" });
    expect(await held()).toEqual([job.message]);
    await cleanser.deliver(job.message);

    expect(vendor.requests.length).toBe(before + 2);
    expect(await job.read()).toMatchObject({ state: "succeeded", result: { rows: 2, changed: 0 } });
  });

  it("keeps what a person set", async () => {
    await setup("kept", [{ description: "NETFLIX" }]);
    const target = { organizationId: "kept", accountId: "A1", transactionId: "t0", userId: "ann" };
    await makeEdit({ table })(target, { category: "Mine" });
    const job = await start("kept", { vendor: true });

    await cleanser.deliver(job.message);

    expect(await categories("kept")).toEqual({ t0: "Mine by person" });
  });
});
