import { describe, expect, it } from "vitest";
import { type Block, checksumOf, placedEvents, toBlockEvent } from "#common/events/chain/block.ts";
import { AUDIT_CHAIN, type ChainId } from "#common/events/event.ts";
import { eventMessage } from "#common/events/testing/events.ts";
import { readMessage } from "#common/logs/read-message.ts";
import { makeLogEvents } from "./log-events.ts";

const blockOf = (numbers: number[], chain: ChainId = { epoch: 1, number: 0 }): Block => {
  const events = numbers.map((number) => toBlockEvent(eventMessage(number)));
  const block = { organizationId: "demo", chain, number: 1, firstSequence: 1, previousHash: "start" };
  return { ...block, hash: `end of ${numbers}`, events, checksums: events.map(checksumOf) };
};

const setup = (refuses = false) => {
  const put: string[] = [];
  const log = makeLogEvents({
    putMessages: async (messages) => {
      if (!refuses) put.push(...messages.map(({ json }) => json));
      return { refused: refuses ? messages : [], reason: "ServiceUnavailableException" };
    },
  });
  return { put, log: (block: Block) => log(block, placedEvents(block)) };
};

describe("logging a block", () => {
  it("puts each event on the stream as a message of type events, without its salt", async () => {
    const { put, log } = setup();
    const block = blockOf([0, 1]);

    await log(block);

    const [first] = put.map((json) => readMessage(json));
    expect(put).toHaveLength(2);
    expect(first).toMatchObject({
      organizationID: "demo",
      logType: "events",
      id: "event-0",
      time: eventMessage(0).recordedAt,
      eventId: "event-0",
      chain: { epoch: 1, number: 0, sequence: 1, previousHash: "start" },
    });
    expect(put.join("")).not.toContain(eventMessage(0).salt);
  });

  it("leaves audit events out", async () => {
    const { put, log } = setup();

    await log(blockOf([0], AUDIT_CHAIN));

    expect(put).toEqual([]);
  });

  it("fails when the stream did not take all of them", async () => {
    await expect(setup(true).log(blockOf([0]))).rejects.toMatchObject({ code: "DEPENDENCY_FAILED" });
  });
});
