import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { faultsOf, readPackages, rollBack } from "./release.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "release-"));
});
afterEach(() => rm(root, { recursive: true }));

const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");

/** A build's folder whose zips hold the given texts. */
const release = (name: string, zips: Record<string, string>): string => {
  const folder = join(root, name);
  mkdirSync(folder);
  const functions: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(zips)) {
    writeFileSync(join(folder, `${key}.zip`), text);
    functions[key] = { zip: `${key}.zip`, sha256: sha256(text), bytes: text.length };
  }
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ functions }));
  writeFileSync(join(folder, "gateway.json"), JSON.stringify({ of: name }));
  return folder;
};

const run = (...argv: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "release.ts"), ...argv], { encoding: "utf8" });

describe("verifying a release", () => {
  it("finds nothing where each zip is the one that was built", () => {
    const folder = release("r1", { a: "one", b: "two" });

    expect(faultsOf(folder)).toEqual([]);
    expect(run("verify", folder).status).toBe(0);
  });

  it("names each zip that is missing or was changed", async () => {
    const folder = release("r1", { a: "one", b: "two", c: "three" });
    writeFileSync(join(folder, "a.zip"), "won");
    await rm(join(folder, "b.zip"));

    expect(faultsOf(folder)).toEqual([
      expect.stringMatching(/a\.zip has the hash .* and the manifest says/),
      expect.stringMatching(/b\.zip is missing/),
    ]);
    expect(run("verify", folder)).toMatchObject({ status: 1, stdout: "" });
  });

  it.each([
    ["{}", "has no functions"],
    ['{"functions":{}}', "has no functions"],
    ['{"functions":{"a":{"zip":"a.zip"}}}', "a has no zip, hash and size"],
    ['{"functions":{"a":{"zip":"../a.zip","sha256":"x","bytes":1}}}', "a has no zip, hash and size"],
  ])("refuses the manifest %s", (text, reason) => {
    const file = join(root, "manifest.json");
    writeFileSync(file, text);

    expect(() => readPackages(file)).toThrow(reason);
  });
});

describe("rolling a release back", () => {
  it("takes the last good zips, keeps new functions, and drops those that are gone", () => {
    const good = release("good", { same: "s", changed: "old", gone: "g" });
    const failed = release("failed", { same: "s", changed: "new", added: "a" });
    const out = join(root, "out");

    const done = rollBack({ failed, good, out });

    expect(done).toEqual({ back: ["changed"], kept: ["added"] });
    expect(readdirSync(out).sort()).toEqual([
      "added.zip",
      "changed.zip",
      "gateway.json",
      "manifest.json",
      "same.zip",
    ]);
    expect(readFileSync(join(out, "changed.zip"), "utf8")).toBe("old");
    expect(readFileSync(join(out, "gateway.json"), "utf8")).toBe('{"of":"good"}');
    expect(faultsOf(out)).toEqual([]);
  });

  it("does nothing when a last good zip is not the one that was good", () => {
    const good = release("good", { a: "old" });
    const failed = release("failed", { a: "new" });
    writeFileSync(join(good, "a.zip"), "tampered");

    const { status, stderr } = run(
      "roll-back",
      "--failed",
      failed,
      "--good",
      good,
      "--out",
      join(root, "out"),
    );

    expect(status).toBe(1);
    expect(stderr).toContain("a.zip has the hash");
    expect(readdirSync(root)).not.toContain("out");
  });

  it("says what it did", () => {
    const good = release("good", { a: "old" });
    const failed = release("failed", { a: "new" });

    const { status, stdout } = run(
      "roll-back",
      "--failed",
      failed,
      "--good",
      good,
      "--out",
      join(root, "out"),
    );

    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: "Back to the last good zip: a.\nNew, and therefore kept: none.\n",
    });
  });

  it.each([[["verify"]], [["roll-back", "--good", "a"]], [["deploy"]], [["verify", "a", "--shout"]]])(
    "refuses %j",
    (argv) => {
      expect(run(...argv).status).toBe(1);
    },
  );
});
