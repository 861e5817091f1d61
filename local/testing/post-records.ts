import type { System } from "./system.ts";

export type Posted = {
  /** The record's number to the id that the platform answered. */
  ids: Map<number, string>;
  /** Requests that were made again because the first was not answered with 202. */
  repeats: number;
};

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Repeats a request until its answer is one of those wanted, as a client should on 5xx, 409 and 429. */
const insist = async <T extends { status: number }>(
  ask: () => Promise<T>,
  wanted: number,
  deadline: number,
) => {
  for (let tries = 0; ; tries += 1) {
    const reply = await ask().catch(() => undefined);
    if (reply?.status === wanted) return { reply, tries };
    if (reply && reply.status < 500 && reply.status !== 409 && reply.status !== 429) {
      throw new Error(`answered ${reply.status}`);
    }
    if (performance.now() > deadline)
      throw new Error(`not answered ${wanted} in time, last ${reply?.status}`);
    await sleep(Math.min(20 * 2 ** tries, 500));
  }
};

/** Posts records `from` to `to`, each under an Idempotency-Key of its own, and repeats what failed under the same key. */
export const postRecords = async (
  system: System,
  {
    token,
    from = 0,
    to,
    parallel = 16,
    deadlineMs = 300_000,
    onPosted = () => {},
  }: {
    token: string;
    from?: number;
    to: number;
    parallel?: number;
    deadlineMs?: number;
    onPosted?: (count: number) => void;
  },
): Promise<Posted> => {
  const deadline = performance.now() + deadlineMs;
  const posted: Posted = { ids: new Map(), repeats: 0 };
  let next = from;
  const worker = async () => {
    while (next < to) {
      const number = next;
      next += 1;
      const { reply, tries } = await insist(
        () =>
          system.call("POST /data", {
            token,
            headers: { "idempotency-key": `record-${number}` },
            body: { number, text: `record number ${number}` },
          }),
        202,
        deadline,
      );
      posted.ids.set(number, (reply.body as { id: string }).id);
      posted.repeats += tries;
      onPosted(posted.ids.size);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return posted;
};

/** Every record of the caller, page by page, by its number; a number that stands there twice has two ids. */
export const readRecords = async (
  system: System,
  token: string,
  deadlineMs = 120_000,
): Promise<Map<number, string[]>> => {
  const deadline = performance.now() + deadlineMs;
  const found = new Map<number, string[]>();
  let cursor: string | null = null;
  do {
    const path: string = `/data?limit=100${cursor ? `&cursor=${cursor}` : ""}`;
    const { reply } = await insist(() => system.call(`GET ${path}`, { token }), 200, deadline);
    const page = reply.body as { items: { id: string; data: { number: number } }[]; cursor: string | null };
    for (const { id, data } of page.items) found.set(data.number, [...(found.get(data.number) ?? []), id]);
    cursor = page.cursor;
  } while (cursor);
  return found;
};

/** What differs between acknowledged and stored records; empty if each is stored once under its id. */
export const differences = (
  posted: ReadonlyMap<number, string>,
  found: ReadonlyMap<number, string[]>,
): string[] => [
  ...[...posted].flatMap(([number, id]) => {
    const there = found.get(number) ?? [];
    if (there.length === 0) return [`record ${number} was acknowledged and is not there`];
    return there.length === 1 && there[0] === id
      ? []
      : [`record ${number} is ${id} and stands there as ${there.join(", ")}`];
  }),
  ...[...found.keys()]
    .filter((number) => !posted.has(number))
    .map((number) => `record ${number} was never acknowledged`),
];
