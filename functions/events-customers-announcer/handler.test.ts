import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import type { StoredCustomer } from "#common/events/customers/customer.ts";
import { customerToItem } from "#common/events/customers/customer-items.ts";
import { customerListKey, profileKey } from "#common/events/keys.ts";
import type { Item } from "#common/table/table.ts";
import { startFunction } from "#local/testing/start-function.ts";

const announcer = await startFunction("events-customers-announcer");

const stored = (customerId: string, over: Partial<StoredCustomer> = {}): StoredCustomer => ({
  customerId,
  organizationId: "demo",
  name: "Zoë Müller",
  email: "zoe@example.org",
  createdAt: "2025-01-31T12:00:00.000Z",
  updatedAt: "2025-01-31T12:00:00.000Z",
  version: 1,
  salt: `salt-of-${customerId}`,
  digest: `digest-of-${customerId}`,
  words: ["muller", "zoe"],
  ...over,
});

/** What the stream says of these changes of the table, as Lambda hands it over. */
const recordsOf = async (change: () => Promise<void>): Promise<DynamoDBRecord[]> => {
  const before = (await announcer.changes("events")).length;
  await change();
  return (await announcer.changes("events")).slice(before) as unknown as DynamoDBRecord[];
};
const putItems = (...items: Item[]) => recordsOf(() => announcer.put("events", items));
const put = (customer: StoredCustomer) => putItems(customerToItem(customer));

/** What is new on the bus when the function was given these, and the records that it reported. */
const announced = async (records: DynamoDBRecord[]) => {
  const before = announcer.published().length;
  const answer = (await announcer.invoke({ Records: records })) as DynamoDBBatchResponse;
  const events = announcer
    .published()
    .slice(before)
    .map(({ source, "detail-type": name, detail }) => ({ source, name, detail }));
  return { events, failed: answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
};

describe("the records of the table's stream", () => {
  it("become customer_changed and customer_erased on the bus, and the same ids when they come again", async () => {
    const made = await put(stored("c1", { externalId: "user-1", transactionId: "tx-1" }));
    const erased = await recordsOf(() => announcer.remove("events", profileKey("demo", "c1")));
    const records = [...made, ...erased];

    const first = await announced(records);
    const again = await announced(records);

    expect(first.failed).toEqual([]);
    const known = { organizationId: "demo", userId: "user-1", customerId: "c1" };
    const time = expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/);
    expect(first.events).toEqual([
      {
        source: "millrace.events",
        name: "customer_changed",
        detail: {
          ...known,
          id: expect.any(String),
          time: "2025-01-31T12:00:00.000Z",
          transactionId: "tx-1",
        },
      },
      {
        source: "millrace.events",
        name: "customer_erased",
        detail: { ...known, id: expect.any(String), time },
      },
    ]);
    expect(again.events).toEqual(first.events);
  });

  it("that are of no profile are passed over, and so is the place in the list of a customer called profile", async () => {
    const place = { ...customerListKey("demo", "profile"), customerId: "profile" };
    const head = { pk: "demo#chain#1-0", sk: "head", version: 1 };

    expect(await announced(await putItems(place, head))).toEqual({
      events: [],
      failed: [],
    });
    expect((await announced(await put(stored("profile")))).events).toMatchObject([
      { detail: { customerId: "profile" } },
    ]);
  });

  it("are reported from the first that cannot be read, and those before it are announced", async () => {
    const [good] = await put(stored("c2"));
    const [bad] = await putItems({ ...profileKey("demo", "c3"), customerId: "c3" });
    const [later] = await put(stored("c4"));

    const { events, failed } = await announced([good, bad, later].filter((record) => record !== undefined));

    expect(failed).toEqual([bad?.dynamodb?.SequenceNumber]);
    expect(events).toMatchObject([{ detail: { customerId: "c2" } }]);
  });

  it("of ids with characters of keys have their organization and customer", async () => {
    const { events } = await announced(await put(stored("crm:42", { organizationId: "first-credit" })));

    expect(events).toMatchObject([{ detail: { organizationId: "first-credit", customerId: "crm:42" } }]);
  });
});
