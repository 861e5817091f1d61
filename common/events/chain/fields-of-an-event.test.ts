import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "#common/json/json.ts";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { eventKey } from "../keys.ts";
import { readEvents } from "../lists/read-events.ts";
import { appendAll } from "../testing/append-all.ts";
import { chainOfBefore } from "../testing/chain-of-before.ts";
import { eventMessage } from "../testing/events.ts";
import { verifyOrganization } from "../verify/verify-organization.ts";
import { digestOf, linkHash } from "./hash.ts";

const CHAIN = { epoch: 1, number: 2 };
const SALT = "AAECAwQFBgcICQoLDA0ODw";
const FIELDS = {
  organizationId: "demo",
  eventId: "e1",
  customerId: "c1",
  type: "opened",
  date: "2025-01-01T00:00:00.000Z",
  recordedAt: "2025-01-01T00:00:01.000Z",
};

const HASHES_OF_BEFORE = [
  "T7OLeadFgPE3i_kr24iIMGrLAgjLCvbAasmEPTN_XFU",
  "6mlarYDKWnTXEtVAXdywhYg7kkO3kPY8NtqGFH_W5jc",
  "f9U7wefeV4Za-U5RiCqb02tcnSt1wEzLIVe9C2bdhTA",
  "FTwlv-LCjkDOghcG9lR3Tic3SLcSr-hPnAB1Nu5BXAE",
  "_y0SO42Cqwy-YHT7f8Egl6gyJZljqK1x0alThLX6cxw",
  "pW8SqiHSzJL0NGPCTlfV377VpmLMfSla_pniNFEeYXk",
];

const sha256 = (...parts: (string | Buffer)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("base64url");
};

/** What an event may have beside what all have; half of the events have none of it. */
const more = fc.record(
  {
    actor: fc.constantFrom("ann", "bob"),
    recordedBy: fc.constantFrom("carl", "events-reader"),
    targets: fc.array(
      fc.record({ type: fc.string({ minLength: 1 }), id: fc.string({ minLength: 1 }), name: fc.string() }),
      { minLength: 1, maxLength: 3 },
    ),
    detail: fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<Json>,
    transactionId: fc.constantFrom("t-1", "t-2"),
  },
  { requiredKeys: [] },
);

describe("what is hashed of an event", () => {
  it("is recordedBy in the link and targets in the digest, each under its name", () => {
    const targets = [{ type: "account", id: "a-1", name: "Savings" }];
    const digest = digestOf(SALT, { description: "Opened", actor: "ann", targets });

    expect(digest).toBe(
      sha256(
        Buffer.from(SALT, "base64url"),
        '{"actor":"ann","description":"Opened","targets":[{"id":"a-1","name":"Savings","type":"account"}]}',
      ),
    );
    expect(linkHash({ ...FIELDS, recordedBy: "alice" }, CHAIN, 7, digest, "p".repeat(43))).toBe(
      sha256(
        `{"chain":"1-2","customerId":"c1","date":"${FIELDS.date}","digest":"${digest}","eventId":"e1",`,
        `"organizationId":"demo","recordedAt":"${FIELDS.recordedAt}","recordedBy":"alice","sequence":7,"type":"opened"}`,
        "p".repeat(43),
      ),
    );
  });

  it("is what it was for events of before, which have neither: a stored chain keeps its hashes", async () => {
    const store = await chainOfBefore();
    const ids = ["before-1", "before-2", "before-3", "before-4", "before-5", "before-6"];

    const events = await readEvents(store, "demo", ids);

    expect(ids.map((id) => events.get(id)?.event.chain.hash)).toEqual(HASHES_OF_BEFORE);
    expect(await verifyOrganization(store, "demo", { deep: true })).toMatchObject({
      valid: true,
      checked: 5,
    });
  });

  it("verifies in a chain that goes on from events of before with events of both kinds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(more, { minLength: 1, maxLength: 12 }), async (all) => {
        const store = await chainOfBefore();
        await appendAll(
          store,
          all.map((each, number) => eventMessage(number, each)),
          3,
        );

        expect(await verifyOrganization(store, "demo", { deep: true })).toMatchObject({
          valid: true,
          checked: 5 + all.length,
        });
      }),
      { numRuns: 40 },
    );
  });

  it("shows when somebody changes who recorded an event, or what it was done to", async () => {
    const targets = [{ type: "account", id: "a-1", name: "Savings" }];
    for (const changed of [
      { recordedBy: "mallory" },
      { targets: JSON.stringify([{ type: "a", id: "1" }]) },
    ]) {
      const store = memoryTable();
      await appendAll(store, [eventMessage(1, { recordedBy: "alice", targets })]);
      store.tamper(eventKey("demo", "event-1"), (item) => ({ ...item, ...changed }));

      expect((await verifyOrganization(store, "demo", { deep: true })).valid).toBe(false);
    }
  });

  it("is not the transaction id, which is kept with the event and answered all the same", async () => {
    const [one, other] = [memoryTable(), memoryTable()];
    await appendAll(one, [eventMessage(1, { transactionId: "t-1" })]);
    await appendAll(other, [eventMessage(1)]);

    const read = async (table: typeof one) =>
      (await readEvents(table, "demo", ["event-1"])).get("event-1")?.event;

    expect((await read(one))?.transactionId).toBe("t-1");
    expect((await read(other))?.transactionId).toBeUndefined();
    expect((await read(one))?.chain).toEqual((await read(other))?.chain);
    expect(await verifyOrganization(one, "demo", { deep: true })).toMatchObject({ valid: true, checked: 1 });
  });
});
