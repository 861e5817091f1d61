import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "./store.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "object-store-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
};

describe("data of an older platform", () => {
  it("keeps its objects, whose bytes lay only where they are shown", () => {
    const old = new DatabaseSync(join(root, "objects.sqlite"));
    old.exec(`
      CREATE TABLE buckets (name TEXT PRIMARY KEY, created INTEGER NOT NULL, versioning TEXT NOT NULL DEFAULT '',
        settings TEXT NOT NULL DEFAULT '{}') STRICT;
      CREATE TABLE objects (bucket TEXT NOT NULL, key TEXT NOT NULL COLLATE BINARY, version TEXT NOT NULL,
        latest INTEGER NOT NULL, sequence INTEGER NOT NULL, marker INTEGER NOT NULL, file TEXT NOT NULL,
        size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL, headers TEXT NOT NULL,
        tags TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (bucket, key, version)) STRICT;
      INSERT INTO buckets (name, created) VALUES ('bucket', 1);
      INSERT INTO objects VALUES ('bucket', 'a/b', '', 1, 7, 0, 'objects/bucket/a/b', 4, '"e"', 1, '{}', '{}');
      INSERT INTO objects VALUES ('bucket', 'lost', '', 1, 8, 0, 'objects/bucket/lost', 4, '"e"', 1, '{}', '{}');
    `);
    old.close();
    write("objects/bucket/a/b", "kept");

    const store = openStore(root);
    const object = store.objects.get("bucket", "a/b");
    const file = object && !object.marker ? object.file : "";

    expect(file).toMatch(/^other\//);
    expect(readFileSync(join(root, file), "utf8")).toBe("kept");
    expect(store.objects.get("bucket", "lost")).toBeUndefined();
    expect(store.objects.nextSequence()).toBe(8);
    expect(store.buckets.get("bucket")).toMatchObject({ versioning: "" });
    store.close();
  });
});

describe("a platform that was killed", () => {
  it("leaves no file that no object has, and shows what is current", () => {
    const first = openStore(root);
    const common = { bucket: "bucket", key: "k", version: "", modified: 1, marker: false as const };
    const file = first.files.newContent();
    const incoming = first.files.incoming();
    write(incoming, "bytes");
    const object = { ...common, file, size: 5, etag: '"e"', headers: {}, tags: {} };
    first.objects.put(object, first.objects.nextSequence(), incoming);
    first.close();
    // The state after a kill: the object has no link yet, and other files have no rows.
    rmSync(join(root, "objects/bucket/k"));
    write(first.files.newContent(), "orphan");
    write(first.files.incoming(), "half");
    write(first.files.part("0".repeat(32), 1), "part of nothing");
    const database = new DatabaseSync(join(root, "objects.sqlite"));
    database.exec("INSERT INTO stale_views VALUES ('bucket', 'k')");
    database.close();

    openStore(root).close();

    expect(readFileSync(join(root, "objects/bucket/k"), "utf8")).toBe("bytes");
    expect(readdirSync(join(root, "other"))).toEqual([file.slice("other/".length)]);
    expect(readdirSync(join(root, "incoming"))).toEqual([]);
    expect(existsSync(join(root, "parts", "0".repeat(32)))).toBe(false);
  });
});
