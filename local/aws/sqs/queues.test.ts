import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { arnsOf } from "../port/arn.ts";
import { testDeployment } from "../testing/port.ts";
import { openQueues, type QueueSet } from "./queues.ts";

let folder = "";
const opened: QueueSet[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "queues-"));
});
afterEach(async () => {
  for (const queues of opened.splice(0)) await queues.close();
  rmSync(folder, { recursive: true });
});

const open = () => {
  const queues = openQueues(join(folder, "queues.sqlite"), arnsOf(testDeployment), (error) => {
    throw error;
  });
  opened.push(queues);
  return queues;
};

describe("queues", () => {
  it("keep what an earlier version stored, which knew neither tags nor trace headers", async () => {
    const file = new DatabaseSync(join(folder, "queues.sqlite"));
    file.exec(`
      CREATE TABLE queues (name TEXT PRIMARY KEY, attributes TEXT NOT NULL, created INTEGER NOT NULL, internal INTEGER NOT NULL) STRICT;
      CREATE TABLE messages (
        id INTEGER PRIMARY KEY, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL,
        attributes TEXT, sender TEXT NOT NULL, sent INTEGER NOT NULL, visible INTEGER NOT NULL,
        received INTEGER NOT NULL DEFAULT 0, first_received INTEGER, receipt TEXT, source TEXT
      ) STRICT;
      INSERT INTO queues VALUES ('old', '{}', 1, 0);
      INSERT INTO messages (queue, message_id, body, sender, sent, visible) VALUES ('old', 'm', 'kept', 's', ${Date.now()}, 1);
    `);
    file.close();

    const queues = open();

    expect(queues.get("old").tags).toEqual({});
    expect(await queues.contract.receive("old", { max: 1, waitMs: 0 })).toMatchObject([{ body: "kept" }]);
  });

  it("show an event source the trace header and the group of a message, as Lambda does", async () => {
    const queues = open();
    queues.create("traced", {});
    const system = { AWSTraceHeader: "Root=1-5759e988-bd862e3fe1be46a994272793", MessageGroupId: "g" };

    await queues.send("traced", "x", { system });
    const [message] = await queues.contract.receive("traced", { max: 1, waitMs: 0 });

    expect(message?.attributes).toMatchObject(system);
  });

  it("let an event source return a message only while no other poller has received it", async () => {
    const queues = open();
    queues.create("shared", {});
    await queues.send("shared", "x");
    const receive = (visibilitySeconds: number) =>
      queues.contract.receive("shared", { max: 1, waitMs: 0, visibilitySeconds });
    const [first] = await receive(0);
    const [second] = await receive(30);

    await queues.contract.changeVisibility("shared", first?.receiptHandle ?? "", 0);
    expect(queues.contract.depth("shared").inFlight).toBe(1);
    await queues.contract.changeVisibility("shared", second?.receiptHandle ?? "", 0);

    expect(queues.contract.depth("shared").visible).toBe(1);
  });
});
