import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { faultsOf } from "./release.ts";
import { faultsOfStored, storeRelease } from "./stored-release.ts";

const repository = join(import.meta.dirname, "../..");

let root: string;
let stored: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "stored-"));
  stored = join(root, "stored");
  const dist = join(root, "dist");
  mkdirSync(dist);
  const sha256 = createHash("sha256").update("zip").digest("base64");
  writeFileSync(join(dist, "a.zip"), "zip");
  writeFileSync(
    join(dist, "manifest.json"),
    JSON.stringify({ functions: { a: { zip: "a.zip", sha256, bytes: 3 } } }),
  );
  writeFileSync(join(dist, "gateway.json"), "{}");
  writeFileSync(join(dist, "leftover.zip"), "of another build");
  writeFileSync(join(root, "lock"), "# provider");
});
afterEach(() => rm(root, { recursive: true }));

const store = () =>
  storeRelease({
    release: "0a1b2c",
    dist: join(root, "dist"),
    functions: join(repository, "functions"),
    lock: join(root, "lock"),
    out: stored,
  });

const run = (...argv: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "stored-release.ts"), ...argv], {
    encoding: "utf8",
  });

describe("a stored release", () => {
  it("has all that Terraform reads of a release: zips, documents, manifests and the providers' lock", () => {
    store();

    expect(faultsOfStored(stored)).toEqual([]);
    expect(faultsOf(join(stored, "dist"))).toEqual([]);
    expect(readdirSync(join(stored, "dist")).sort()).toEqual(["a.zip", "gateway.json", "manifest.json"]);
    expect(readFileSync(join(stored, ".terraform.lock.hcl"), "utf8")).toBe("# provider");
    // Every file of functions/ that the root module reads.
    const read = readFileSync(join(repository, "terraform/locals.tf"), "utf8");
    const shared = [...read.matchAll(/functions_folder\}\/([\w-]+\.json)/g)].map(([, name = ""]) => name);
    expect(shared.length).toBeGreaterThan(2);
    expect(readdirSync(join(stored, "functions"))).toEqual(expect.arrayContaining(shared));
    expect(readdirSync(join(stored, "functions/data-generator"))).toEqual(["function.json"]);
  });

  it.each<[string, () => void, RegExp]>([
    ["lost a manifest", () => rmSync(join(stored, "functions/resources.json")), /resources\.json is missing/],
    ["has another zip", () => writeFileSync(join(stored, "dist/a.zip"), "zap"), /a\.zip was changed/],
    ["lost its lock", () => rmSync(join(stored, ".terraform.lock.hcl")), /lock\.hcl is missing/],
    ["got a file more", () => writeFileSync(join(stored, "dist/b.zip"), ""), /b\.zip is not of this release/],
  ])("is refused when it %s", (_, damage, fault) => {
    store();

    damage();

    expect(faultsOfStored(stored)).toEqual([expect.stringMatching(fault)]);
    expect(run("verify", stored)).toMatchObject({ status: 1, stdout: "" });
  });

  it("is refused when it was stored without what going back needs", () => {
    mkdirSync(stored);
    writeFileSync(join(stored, "release.json"), JSON.stringify({ release: "old", files: {} }));

    expect(faultsOfStored(stored)).toEqual([
      expect.stringContaining("without dist/manifest.json"),
      expect.stringContaining("without functions/resources.json"),
      expect.stringContaining("without .terraform.lock.hcl"),
    ]);
  });

  it("is not stored when a zip is not the one that was built", () => {
    writeFileSync(join(root, "dist/a.zip"), "zap");

    expect(store).toThrow("a.zip has the hash");
  });

  it("says what it is", () => {
    const { status, stdout } = run(
      ...["store", "--release", "0a1b2c", "--dist", join(root, "dist"), "--lock", join(root, "lock")],
      ...["--functions", join(repository, "functions"), "--out", stored],
    );

    expect({ status, stdout }).toEqual({ status: 0, stdout: `${stored}: release 0a1b2c.\n` });
    expect(run("verify", stored).stdout).toBe(`${stored}: release 0a1b2c, every file as it was stored.\n`);
  });

  it.each([[["verify"]], [["store", "--dist", "dist"]], [["verify", "a", "b"]], [["deploy"]]])(
    "refuses %j",
    (argv) => {
      expect(run(...argv).status).toBe(1);
    },
  );
});
