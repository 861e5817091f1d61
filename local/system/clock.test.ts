import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { clientsFor } from "../aws/testing/port.ts";
import { type System, startSystem } from "../testing/system.ts";

const LAKE = "millrace-local-lake";
const root = resolve(import.meta.dirname, "../..");
const ROLES = ["data.read", "data.write", "events.read", "events.write"];

let system: System;
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-clock-"));
  system = await startSystem({ dataFolder: folder });
});
afterAll(async () => {
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

const put = async (body: object): Promise<string> => {
  const reply = await system.call("PUT /_millrace/clock", { body });
  expect(reply.status, reply.text).toBe(200);
  return (reply.body as { now: string }).now;
};
const advance = (advanceSeconds: number) => put({ advanceSeconds });

describe("the platform's clock", () => {
  it("ends tokens, and new ones are good by it", async () => {
    const token = await system.token(ROLES);
    const status = async (bearer: string) => (await system.call("GET /data", { token: bearer })).status;
    expect(await status(token)).toBe(200);

    await advance(2 * 3600);

    expect(await status(token)).toBe(401);
    expect(await status(await system.token(ROLES))).toBe(200);
    await advance(40 * 24 * 3600);
    const words = ["scripts/token.ts", "--data", folder, "--sub", "alice", "--organization", "demo"];
    const { stdout } = await promisify(execFile)(process.execPath, [...words, "--role", "data.read"], {
      cwd: root,
    });
    expect(await status(stdout.trim())).toBe(200);
  });

  it("ends what an Idempotency-Key remembers after a day", async () => {
    const post = async (number: number) =>
      (
        await system.call("POST /data", {
          token: await system.token(ROLES),
          headers: { "idempotency-key": "once" },
          body: { number },
        })
      ).status;

    expect([await post(1), await post(2)]).toEqual([202, 422]);
    await advance(25 * 3600);

    expect(await post(2)).toBe(202);
  });

  it("dates what is recorded", async () => {
    const token = await system.token(ROLES);
    const now = await put({ now: "2031-05-01T12:00:00Z" });
    const posting = { token, body: { customerId: "c1", type: "opened", description: "by then" } };
    // The token of before is over.
    expect((await system.call("POST /events", posting)).status).toBe(401);
    const taken = await system.call("POST /events", { ...posting, token: await system.token(ROLES) });
    expect(taken.status, taken.text).toBe(202);

    const { items } = await eventually(
      async () =>
        (await system.call("GET /events?customerId=c1", { token: await system.token(ROLES) })).body as {
          items: { date: string }[];
        },
      (page) => page.items.length === 1,
    );
    expect(now).toMatch(/^2031-05-01T12:00:0/);
    expect(items[0]?.date).toMatch(/^2031-05-01T12:/);
    expect(Date.parse(taken.headers.get("date") ?? "")).toBeGreaterThan(Date.parse("2031-05-01T11:59:00Z"));
  });

  it("runs a schedule whose time it passes over once", async () => {
    await put({ now: "2031-05-01T12:00:00Z" });
    const { s3 } = clientsFor(system.platform.awsUrl);
    const anchors = async () =>
      ((await s3.send(new ListObjectsV2Command({ Bucket: LAKE }))).Contents ?? []).flatMap(({ Key = "" }) =>
        Key.startsWith("anchors/2031") ? [Key] : [],
      );
    const days = (...names: string[]) => names.map((day) => `anchors/2031/${day}.json`);
    const until = (...names: string[]) =>
      eventually(anchors, (keys) => keys.join() === days(...names).join());

    await put({ now: "2031-06-01T02:59:00Z" });
    await until("05/02");
    await put({ now: "2031-06-04T12:00:00Z" });
    await until("05/02", "06/01");
    await put({ now: "2031-06-05T03:00:00Z" });

    expect(await until("05/02", "06/01", "06/05")).toHaveLength(3);
  });
});
