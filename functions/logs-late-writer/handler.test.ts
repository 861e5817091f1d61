import { describe, expect, it } from "vitest";
import { aLateLine } from "#common/logs/testing/lines.ts";
import { lakeText } from "#local/testing/logs/lake.ts";
import { startFunction } from "#local/testing/start-function.ts";

const writer = await startFunction("logs-late-writer");

let organizations = 0;
const newOrganization = (): string => {
  organizations += 1;
  return `org-${organizations}`;
};

const folder = (organization: string, day: string, hour = "10") =>
  `logs/environment=local/organization=${organization}/logtype=web/year=2026/month=05/day=${day}/hour=${hour}/`;
const keysOf = async (organization: string) =>
  (await writer.keys("lake")).filter((key) => key.includes(`/organization=${organization}/`));

describe("late lines", () => {
  it("lie in their folders, an object for each folder, and their days are unsettled again", async () => {
    const organizationID = newOrganization();
    const lines = [
      aLateLine({ organizationID, id: "1" }),
      aLateLine({ organizationID, id: "2" }),
      aLateLine({ organizationID, id: "3", day: 6 }),
    ];

    expect(await writer.deliver(...lines)).toEqual([]);

    const keys = await keysOf(organizationID);
    expect(keys.map((key) => key.replace(/late-[0-9a-f-]{36}\.gz$/, "late"))).toEqual([
      `${folder(organizationID, "05")}late`,
      `${folder(organizationID, "06")}late`,
    ]);
    const texts = await Promise.all(keys.map((key) => lakeText(writer.operator.s3, key)));
    expect(
      texts.map((text) =>
        text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line)),
      ),
    ).toEqual([lines.slice(0, 2), lines.slice(2)]);
    const days = (await writer.rows("logs")).filter(({ pk }) => pk === `${organizationID}#days#web`);
    expect(days.map(({ sk, writes, settled }) => ({ sk, writes, settled })).sort(byDay)).toEqual([
      { sk: "2026-05-05", writes: 1, settled: 0 },
      { sk: "2026-05-06", writes: 1, settled: 0 },
    ]);
  });

  it("that come again lie there twice, under another name", async () => {
    const organizationID = newOrganization();
    const line = aLateLine({ organizationID });

    await writer.deliver(line);
    await writer.deliver(line);

    expect(new Set(await keysOf(organizationID)).size).toBe(2);
  });

  it("go back to the queue when their object cannot be put, and when their day cannot be changed", async () => {
    const organizationID = newOrganization();
    writer.refuse("s3:PutObject");
    expect(await writer.deliver(aLateLine({ organizationID }))).toEqual(["message-0"]);
    expect(await keysOf(organizationID)).toEqual([]);
  });

  it("are put before the day is changed: a kill in between leaves them raw and the message on the queue", async () => {
    const organizationID = newOrganization();
    writer.refuse("dynamodb:PutItem");

    expect(await writer.deliver(aLateLine({ organizationID }))).toEqual(["message-0"]);
    expect(await keysOf(organizationID)).toHaveLength(1);
  });

  it("that break the schema are dead letters", async () => {
    const bad = aLateLine({ organizationID: "../etc" });

    expect(await writer.deliver(bad, "{")).toEqual([]);

    expect((await writer.deadLetters()).map(({ code }) => code).sort()).toEqual([
      "MESSAGE_INVALID",
      "MESSAGE_NOT_JSON",
    ]);
  });
});

const byDay = (a: { sk: string }, b: { sk: string }) => (a.sk < b.sk ? -1 : 1);
