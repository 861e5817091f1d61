import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { listOrganizations, makeRegisterOrganizations } from "../append/organizations.ts";
import { headKey } from "../keys.ts";
import { appendAll } from "../testing/append-all.ts";
import { eventMessage } from "../testing/events.ts";
import { type Anchor, anchorKey, makeAnchorHeads } from "./anchor.ts";
import { readHeads } from "./heads.ts";
import { lastAnchorOf } from "./last-anchor.ts";

const ORGANIZATIONS = ["acme", "beta", "demo"];

const setup = async () => {
  const store = memoryTable();
  const append = (from: number) =>
    appendAll(
      store,
      ORGANIZATIONS.flatMap((organizationId) =>
        Array.from({ length: 20 }, (_, number) => eventMessage(from + number, { organizationId })),
      ),
    );
  await makeRegisterOrganizations(store)(ORGANIZATIONS);
  await append(0);
  const files = new Map<string, Uint8Array>();
  const anchorHeads = makeAnchorHeads({
    organizations: () => listOrganizations(store),
    heads: (organizationId) => readHeads(store, organizationId),
    anchors: {
      lastBefore: async (key) => {
        const last = [...files.keys()]
          .filter((one) => one < key)
          .sort()
          .at(-1);
        const bytes = files.get(last ?? "");
        return last !== undefined && bytes ? { key: last, bytes } : undefined;
      },
      put: async (key, bytes) => {
        if (files.has(key)) return false;
        files.set(key, bytes);
        return true;
      },
    },
  });
  const read = (key: string) => JSON.parse(String(files.get(key))) as Anchor;
  return { anchorHeads, append, files, read, store };
};

describe("the daily anchor", () => {
  it("holds every head of every organization, in one order", async () => {
    const { anchorHeads, read, store } = await setup();

    const { key, heads, written } = await anchorHeads(new Date("2025-01-31T03:00:00Z"));

    expect(written).toBe(true);
    expect(key).toBe("anchors/2025/01/31.json");
    const anchor = read(key);
    expect(anchor).toMatchObject({ version: 1, time: "2025-01-31T03:00:00.000Z", previous: null });
    expect(anchor.heads).toHaveLength(heads);
    const wanted = await Promise.all(ORGANIZATIONS.map((organizationId) => readHeads(store, organizationId)));
    expect(anchor.heads).toEqual(wanted.flat());
  });

  it("names the one before and its hash, so that none can be exchanged", async () => {
    const { anchorHeads, append, files, read } = await setup();
    const first = await anchorHeads(new Date("2024-12-31T03:00:00Z"));
    await append(20);

    const second = await anchorHeads(new Date("2025-01-02T03:00:00Z"));

    expect(read(second.key).previous).toEqual({
      key: "anchors/2024/12/31.json",
      hash: createHash("sha256")
        .update(files.get(first.key) ?? "")
        .digest("base64url"),
    });
    expect(read(second.key).heads).not.toEqual(read(first.key).heads);
  });

  it("never names a head before the one of the last anchor: a chain that was cut meanwhile shows", async () => {
    const { anchorHeads, read, store } = await setup();
    const first = await anchorHeads(new Date("2025-01-01T03:00:00Z"));
    const [cut, gone] = read(first.key).heads.filter(({ organizationId }) => organizationId === "demo");
    const headOf = ({ epoch = 0, number = 0 } = {}) => headKey("demo", { epoch, number });
    store.tamper(headOf(cut), (head) => ({ ...head, finished: 0, sequence: 1, hash: "x" }));
    store.tamper(headOf(gone), () => undefined);

    const second = await anchorHeads(new Date("2025-01-02T03:00:00Z"));

    expect(second).toMatchObject({ behind: 2, heads: first.heads });
    expect(read(second.key).heads).toEqual(read(first.key).heads);
    expect(await lastAnchorOf({ lastBefore: async () => undefined })("demo")).toBeNull();
  });

  it("is read back as the last one that speaks of an organization", async () => {
    const { anchorHeads, files, read } = await setup();
    const { key } = await anchorHeads(new Date("2025-01-01T03:00:00Z"));
    const anchorOf = lastAnchorOf({
      lastBefore: async (before) =>
        key < before ? { key, bytes: files.get(key) ?? new Uint8Array() } : undefined,
    });

    expect(await anchorOf("demo")).toEqual({
      key,
      heads: read(key).heads.filter(({ organizationId }) => organizationId === "demo"),
    });
    expect(await anchorOf("nobody")).toBeNull();
  });

  it("stays as it was when the schedule fires twice for the same time", async () => {
    const { anchorHeads, append, files } = await setup();
    const time = new Date("2025-01-31T03:00:00Z");
    await anchorHeads(time);
    const before = new Map(files);
    await append(20);

    expect(await anchorHeads(time)).toMatchObject({ written: false });
    expect(files).toEqual(before);
  });

  it("sorts by day as its key does", () => {
    expect(anchorKey(new Date("2025-09-30T23:59:59.999Z"))).toBe("anchors/2025/09/30.json");
  });
});

describe("the register of organizations", () => {
  it("has each once, however often it is registered", async () => {
    const store = memoryTable();
    const register = makeRegisterOrganizations(store);
    await register(["demo", "acme", "demo"]);
    await register(["demo"]);
    await makeRegisterOrganizations(store)(["demo", "beta"]);

    expect(await listOrganizations(store)).toEqual(["acme", "beta", "demo"]);
    expect(store.items()).toHaveLength(3);
  });

  it("puts again what it failed to put", async () => {
    const store = memoryTable();
    let fails = true;
    const register = makeRegisterOrganizations({
      putAll: async (items) => {
        if (fails) throw new Error("away");
        await store.putAll(items);
      },
    });
    await expect(register(["demo"])).rejects.toThrow("away");
    fails = false;
    await register(["demo"]);

    expect(await listOrganizations(store)).toEqual(["demo"]);
  });
});
