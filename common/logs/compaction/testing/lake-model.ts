import type { Caller } from "#common/table/testing/scheduler.ts";
import type { DayObjects } from "../compact-day.ts";
import type { DayState } from "../day.ts";

/** A message as far as the model goes: ids repeat, arrivals do not. */
export type Message = { id: string; arrival: number };

export const HOUR = 3_600_000;

/** A query, UNLOAD among them, is cut off after this: less than a sweep waits. */
export const QUERY_TIME = 11 * HOUR;

export class ObjectGone extends Error {
  override readonly name = "ObjectGone";
}

export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

/** Each id once, as it first came. */
export const fold = (messages: readonly Message[]): Map<string, number> => {
  const first = new Map<string, number>();
  for (const { id, arrival } of messages) {
    const known = first.get(id);
    if (known === undefined || arrival < known) first.set(id, arrival);
  }
  return first;
};

type Folder = Map<string, readonly Message[]>;

/** A day's objects: what S3 holds, in memory. */
export const makeLake = () => {
  const raw: Folder = new Map();
  const generations = new Map<number, Folder>();
  const lists = new Map<number, string[]>();
  let names = 0;
  const folderOf = (number: number): Folder => {
    const folder = generations.get(number) ?? new Map();
    generations.set(number, folder);
    return folder;
  };
  return {
    raw,
    generations,
    lists,
    folderOf,
    newName: () => {
      names += 1;
      return `object-${names}`;
    },
  };
};

export type Lake = ReturnType<typeof makeLake>;

export type Turn = () => Promise<void>;

export type QueryTools = { lake: Lake; turn: Turn; now: () => number };

/** Lists, then reads object by object, as a query engine does; other actors go on in between. */
export const readFolders = async (
  { lake, turn, now }: QueryTools,
  { raw, generation }: { raw: boolean; generation: number },
): Promise<Message[]> => {
  const begun = now();
  const step = async () => {
    await turn();
    if (now() > begun + QUERY_TIME) throw new TimedOut();
  };
  await step();
  const folders: Folder[] = [
    ...(raw ? [lake.raw] : []),
    ...(generation > 0 ? [lake.generations.get(generation) ?? new Map()] : []),
  ];
  const listed = folders.map((folder) => ({ folder, keys: [...folder.keys()] }));
  const messages: Message[] = [];
  for (const { folder, keys } of listed) {
    for (const key of keys) {
      await step();
      const object = folder.get(key);
      if (!object) throw new ObjectGone();
      messages.push(...object);
    }
  }
  return messages;
};

/** Writes the drawn generation in two objects; now and then one that is not what it should be. */
export const unload = async (tools: QueryTools, drawn: DayState, spoils: () => boolean): Promise<void> => {
  const begun = tools.now();
  const messages = [...fold(await readFolders(tools, { raw: true, generation: drawn.generation }))];
  const folder = tools.lake.folderOf(drawn.drawn);
  if (folder.size > 0) throw new Error("UNLOAD refuses a folder that holds files");
  const kept = spoils() ? messages.slice(1) : messages;
  const half = Math.ceil(kept.length / 2);
  for (const part of [kept.slice(0, half), kept.slice(half)]) {
    await tools.turn();
    if (tools.now() > begun + QUERY_TIME) throw new TimedOut();
    tools.lake.folderOf(drawn.drawn).set(
      tools.lake.newName(),
      part.map(([id, arrival]) => ({ id, arrival })),
    );
  }
};

/** The lake as one invocation sees it. */
export const lakeObjects = (lake: Lake, call: Caller): DayObjects => ({
  listRaw: () => call(async () => [...lake.raw.keys()]),
  removeRaw: async (keys) => {
    for (const key of keys) await call(async () => void lake.raw.delete(key));
  },
  putList: (_, number, keys) => call(async () => void lake.lists.set(number, [...keys])),
  getList: (_, number) => call(async () => lake.lists.get(number)),
  removeGenerations: async (_, upTo, except) => {
    const numbers = new Set([...lake.generations.keys(), ...lake.lists.keys()]);
    for (const number of numbers) {
      if (number > upTo || number === except) continue;
      await call(async () => {
        lake.generations.delete(number);
        lake.lists.delete(number);
      });
    }
  },
});

/** With If-Match: an object that another erasure rewrote meanwhile is read again. */
export const eraseFrom = async (
  call: Caller,
  folder: Map<string, readonly Message[]>,
  key: string,
  id: string,
) => {
  for (;;) {
    const object = await call(async () => folder.get(key));
    if (!object?.some((message) => message.id === id)) return;
    const rest = object.filter((message) => message.id !== id);
    const isRewritten = await call(async () => {
      if (folder.get(key) !== object) return false;
      folder.set(key, rest);
      return true;
    });
    if (isRewritten) return;
  }
};
