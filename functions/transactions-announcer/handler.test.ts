import type { DynamoDBRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { resourceName } from "#common/manifest/names.ts";
import { aFileRow } from "#common/transactions/testing/files.ts";
import { makeLoaded } from "#common/transactions/testing/loaded.ts";
import { localDeployment } from "#local/deployment.ts";
import { startFunction } from "#local/testing/start-function.ts";

const announcer = await startFunction("transactions-announcer");
const TABLE = resourceName(localDeployment(""), "transactions");

/** What the table's stream says of these items, as Lambda hands the outbox over. */
const recordsOf = async (items: Parameters<typeof announcer.put>[1]): Promise<DynamoDBRecord[]> => {
  const read = () => announcer.port.streams.read(TABLE, "0", { max: 10_000, waitMs: 0 });
  const before = (await read()).length;
  await announcer.put("transactions", items);
  const records = (await read()).slice(before) as unknown as DynamoDBRecord[];
  return records.filter(({ dynamodb }) => dynamodb?.Keys?.sk?.S?.startsWith("outbox#"));
};
const announced = async (records: DynamoDBRecord[]) => {
  const before = announcer.published().length;
  const answer = (await announcer.invoke({ Records: records })) as { batchItemFailures: unknown[] };
  const events = announcer
    .published()
    .slice(before)
    .map(({ source, "detail-type": name, detail }) => ({ source, name, detail }));
  return { events, failed: answer.batchItemFailures };
};

describe("items of the outbox", () => {
  it("become events, one for each owner, and the same ids when they come again", async () => {
    const loaded = makeLoaded({ organizationId: "demo" });
    await loaded.own("A1", { owners: ["ann", "bob"], nickname: "Everyday" });
    const records = await recordsOf(loaded.items());

    const first = await announced(records);
    const again = await announced(records);

    const detail = { organizationId: "demo", accountId: "A1", nickname: "Everyday", transactionId: "tx-1" };
    expect(first).toMatchObject({
      failed: [],
      events: [
        {
          source: "millrace.transactions",
          name: "account_nicknameupdated",
          detail: { ...detail, userId: "ann" },
        },
        {
          source: "millrace.transactions",
          name: "account_nicknameupdated",
          detail: { ...detail, userId: "bob" },
        },
      ],
    });
    expect(again.events).toEqual(first.events);
  });

  it("say the balance that an undo moved back", async () => {
    const loaded = makeLoaded({ organizationId: "undo" });
    await loaded.load([aFileRow({ transactionId: "t1", balance: "5.00" })]);
    await loaded.load([
      aFileRow({ transactionId: "t2", balance: "3.00", postedAt: "2026-03-02T00:00:00.000Z" }),
    ]);
    await loaded.undo(2);

    const { events } = await announced(await recordsOf(loaded.items()));

    expect(events).toMatchObject([
      { name: "account_balanceupdated", detail: { accountId: "A1", balance: "5.00", currency: "EUR" } },
    ]);
    expect(events[0]?.detail).not.toHaveProperty("userId");
  });
});

describe("transactions that an item of the outbox names", () => {
  const rows = [{ accountId: "A1", transactionId: "t1" }];
  const item = {
    pk: "cleanse#account#A1",
    sk: "outbox#000000000001",
    events: "[]",
    toCleanse: JSON.stringify([{ organizationId: "cleanse", rows }]),
  };

  it("are put on the queue of those that the vendor is asked about", async () => {
    const { events, failed } = await announced(await recordsOf([item]));

    expect({ events, failed }).toEqual({ events: [], failed: [] });
    expect(await announcer.sent("transactions-cleansings")).toEqual([{ organizationId: "cleanse", rows }]);
  });

  it("come again when the queue does not take them", async () => {
    const records = await recordsOf([{ ...item, sk: "outbox#000000000002" }]);
    announcer.refuse("sqs:SendMessage");

    expect((await announced(records)).failed).toHaveLength(1);
  });
});

describe("an item that cannot be read", () => {
  it("is reported from there on, and what stands before it is announced", async () => {
    const loaded = makeLoaded({ organizationId: "bad" });
    await loaded.own("A1", { nickname: "One" });
    const [good] = await recordsOf(loaded.items());
    const [bad] = await recordsOf([{ pk: "bad#account#A2", sk: "outbox#1", events: "{" }]);

    const { events, failed } = await announced([good, bad].filter((record) => record !== undefined));

    expect(events).toHaveLength(1);
    expect(failed).toEqual([{ itemIdentifier: bad?.dynamodb?.SequenceNumber }]);
  });
});
