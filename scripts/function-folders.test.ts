import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadDeclarations } from "#common/manifest/load.ts";
import { triggersOf } from "#common/manifest/manifest.ts";

const { manifests } = loadDeclarations("functions");

describe.each(manifests.map((manifest) => [manifest.name, manifest] as const))(
  "functions/%s",
  (name, manifest) => {
    const has = (file: string) => existsSync(`functions/${name}/${file}`);

    it("has its manifest, its handler and the handler's test", () => {
      expect(["function.json", "handler.ts", "handler.test.ts"].filter((file) => !has(file))).toEqual([]);
    });

    it("has a contract exactly when it has routes", () => {
      expect(has("contract.ts")).toBe(triggersOf(manifest, "http").length > 0);
    });

    it("names every route that it has in a handler's test", () => {
      const tests = globSync(`functions/${name}/{handler*.test.ts,testing/*.ts}`)
        .map((file) => readFileSync(file, "utf8"))
        .join("\n");

      for (const { route } of triggersOf(manifest, "http")) expect(tests).toContain(`"${route}"`);
    });
  },
);
