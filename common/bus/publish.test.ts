import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openLine } from "#common/telemetry/line.ts";
import { type AwsServer, startAwsServer } from "#common/testing/aws-server.ts";
import { publishEvents } from "./publish.ts";

let aws: AwsServer;
beforeAll(async () => {
  aws = await startAwsServer();
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.answerWith({
    PutEvents: ({ Entries }) => ({
      FailedEntryCount: 0,
      Entries: (Entries as unknown[]).map(() => ({ EventId: "e" })),
    }),
  });
});

const event = { id: "e-1", organizationId: "demo", time: "2025-01-31T12:00:00.000Z" };
const details = () =>
  aws
    .callsOf("PutEvents")
    .flatMap(({ input }) => input.Entries as { Detail: string }[])
    .map(({ Detail }) => JSON.parse(Detail));

describe("an event that is put on the bus", () => {
  it("has the transaction id of what is being done, or its own", async () => {
    openLine("", { transactionId: "tx-1" });

    await publishEvents("bus", { service: "events", name: "thing_happened" }, [
      event,
      { ...event, transactionId: "tx-2" },
    ]);

    expect(details()).toEqual([
      { ...event, transactionId: "tx-1" },
      { ...event, transactionId: "tx-2" },
    ]);
  });

  it("has none where none is known", async () => {
    openLine("", {});

    await publishEvents("bus", { service: "events", name: "thing_happened" }, [event]);

    expect(details()).toEqual([event]);
  });
});
