import { afterAll, beforeAll, expect, it } from "vitest";
import { playDemo } from "../demo/demo.ts";
import { type System, startSystem } from "../testing/system.ts";
import { SAMPLE_USER } from "../welcome/commands.ts";

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

it("plays the demo through the front door, and adds nothing when it is played again", async () => {
  const token = await system.token(SAMPLE_USER.roles);
  const get = async (path: string) => (await system.call(`GET ${path}`, { token })).body;
  const seen = async () => ({
    days: await get("/events/stats?groupBy=day"),
    types: await get("/events/stats?groupBy=type"),
    customers: ((await get("/customers")) as { items: { name: string }[] }).items.map(({ name }) => name),
    records: ((await get("/data")) as { items: unknown[] }).items.length,
  });

  const played = await playDemo(system.platform, 6);
  const first = await seen();
  const again = await playDemo(system.platform, 6);

  expect(played).toContain("The demo was played: 6 customers");
  expect(played).toContain(`${system.platform.url}/events/durations?fromType=`);
  expect(first.customers).toHaveLength(6);
  // Three of the user, and the one that the request through three servers kept.
  expect(first.records).toBe(4);
  for (const server of ["web", "gateway", "app", "data-generator", "data-persister"]) {
    expect(played).toMatch(new RegExp(`^ +-?\\d+ ms  ${server} `, "m"));
  }
  expect(played).toContain(`${system.platform.url}/logs/traces/demo-request-flow`);
  expect((first.types as { items: { key: string; count: number }[] }).items).toContainEqual({
    key: "account_opened",
    count: 6,
  });
  expect(again).toContain("The demo is there: 6 customers");
  expect(await seen()).toEqual(first);
});
