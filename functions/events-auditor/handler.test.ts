import { describe, expect, it } from "vitest";
import { AUDIT_CHAIN, type EventMessage } from "#common/events/event.ts";
import { readEvents } from "#common/events/lists/read-events.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import { verifyChain } from "#common/events/verify/verify-chain.ts";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { startFunction } from "#local/testing/start-function.ts";

const auditor = await startFunction("events-auditor");
const store = dynamodbTable("millrace-local-events");

/** A read's record in the organization of this test. */
const audit = (organizationId: string, number: number, more: Partial<EventMessage> = {}) =>
  eventMessage(number, { organizationId, type: "audit", customerId: "-", audit: true, ...more });
const ids = (...numbers: number[]) => numbers.map((number) => `event-${number}`);

/** How many events its audit chain proves, none of them altered. */
const provenIn = async (organizationId: string): Promise<number> => {
  const { checked, complete, fault } = await verifyChain(store, organizationId, AUDIT_CHAIN);
  expect({ complete, fault }).toEqual({ complete: true });
  return checked;
};

describe("none failed", () => {
  it("stores audit events in the audit chain, one after the other", async () => {
    expect(await auditor.deliver(audit("kept", 1), { events: [audit("kept", 2), audit("kept", 3)] })).toEqual(
      [],
    );

    const found = await readEvents(store, "kept", ids(1, 2, 3));
    const places = [...found.values()].map(({ event }) => event.chain.sequence);
    expect(places.toSorted()).toEqual([1, 2, 3]);
    expect(await provenIn("kept")).toBe(3);
    expect(found.get("event-2")?.event).toMatchObject({ type: "audit", description: "Number 2" });
  });

  it("stores an event once, however often its message comes", async () => {
    expect(await auditor.deliver(audit("repeated", 1), audit("repeated", 1))).toEqual([]);
    expect(await auditor.deliver(audit("repeated", 1), audit("repeated", 2))).toEqual([]);

    expect(await provenIn("repeated")).toBe(2);
  });

  it("registers the organization, so that its chain is anchored", async () => {
    await auditor.deliver(audit("registered", 1));

    expect((await auditor.rows("events")).map(({ sk }) => sk)).toContain("registered");
  });

  it("announces nothing on the bus", async () => {
    await auditor.deliver(audit("quiet", 1));

    expect(auditor.published()).toEqual([]);
  });
});

describe("none failed, one kept as a dead letter", () => {
  it.each([
    ["json", "{", "MESSAGE_NOT_JSON"],
    ["event", '{"eventId":"only"}', "MESSAGE_INVALID"],
  ])("keeps what is no %s, and stores the others", async (kind, body, code) => {
    expect(await auditor.deliver(body, audit(`no-${kind}`, 1))).toEqual([]);

    expect(await auditor.deadLetters()).toEqual([{ body, code }]);
    expect(await provenIn(`no-${kind}`)).toBe(1);
  });

  it("keeps an event that contradicts the one stored under its id", async () => {
    await auditor.deliver(audit("contradicted", 1));
    const other = audit("contradicted", 1, { description: "Another" });

    expect(await auditor.deliver(other)).toEqual([]);

    expect(await auditor.deadLetters()).toEqual([{ body: JSON.stringify(other), code: "EVENT_ID_CONFLICT" }]);
    const found = await readEvents(store, "contradicted", ids(1));
    expect(found.get("event-1")?.event.description).toBe("Number 1");
  });
});

describe("none failed, all kept as dead letters", () => {
  it("is an alarm, because somebody read or changed something that no chain shows", async () => {
    const lone = JSON.stringify(audit("alarm", 1)).replace("Number 1", "\\ud800");

    expect(await auditor.deliver("{", lone)).toEqual([]);

    expect(await auditor.deadLetters()).toHaveLength(2);
    expect(auditor.output().metrics()[0]).toMatchObject({ AuditRejected: 2, MessagesRejected: 2 });
    expect(auditor.output().lines()).toContainEqual(
      expect.objectContaining({ level: "error", message: "audit event rejected", rejected: 2 }),
    );
  });
});

describe("failed", () => {
  it("sends the messages back when the table refuses them, and keeps none as dead", async () => {
    auditor.refuse("dynamodb:PutItem");
    auditor.refuse("dynamodb:BatchWriteItem");

    expect(await auditor.deliver(audit("refused", 1), audit("refused", 2))).toEqual([
      "message-0",
      "message-1",
    ]);

    expect(await auditor.deadLetters()).toEqual([]);
    expect(auditor.output().lines().at(-1)).toMatchObject({ level: "warn", failed: 2, rejected: 0 });
  });
});
