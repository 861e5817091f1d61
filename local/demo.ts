import type { Platform } from "./platform.ts";

const RECORDS = [
  { informationOne: "aaa23", informationTwo: "bbb24" },
  { kind: "address-change", city: "Ljubljana", since: "2026-11-01" },
  { kind: "card-order", cards: 2, note: "one for each member of the household" },
];

const DEADLINE_MS = 10_000;

/** Plays sample data through the front door, and waits until it can be read. Gives a line on what came of it. */
export const playDemo = async (platform: Pick<Platform, "url" | "token">): Promise<string> => {
  const token = await platform.token({
    sub: "alice",
    organizationId: "demo",
    roles: ["data.read", "data.write"],
    ttlSeconds: 3600,
  });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const ids: string[] = [];
  for (const record of RECORDS) {
    const answer = await fetch(`${platform.url}/data`, {
      method: "POST",
      headers,
      body: JSON.stringify(record),
    });
    if (answer.status !== 202) return `POST /data answered ${answer.status}: ${await answer.text()}`;
    ids.push(((await answer.json()) as { id: string }).id);
  }
  const deadline = Date.now() + DEADLINE_MS;
  for (const id of ids) {
    while ((await fetch(`${platform.url}/data/${id}`, { headers })).status !== 200) {
      if (Date.now() > deadline)
        return `The record ${id} is not readable after ${DEADLINE_MS / 1000} seconds.`;
    }
  }
  return `The demo stored ${ids.length} records of alice; GET ${platform.url}/data shows them.`;
};
