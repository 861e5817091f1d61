import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadDeclarations } from "#common/manifest/load.ts";
import type { Manifest } from "#common/manifest/manifest.ts";
import { loadRoutes } from "./contracts.ts";

const declarations = loadDeclarations(resolve("functions"));

const withManifest = (name: string, change: (manifest: Manifest) => Partial<Manifest>) => ({
  ...declarations,
  manifests: declarations.manifests
    .filter((manifest) => manifest.name === name)
    .map((manifest) => ({ ...manifest, ...change(manifest) })),
});

describe("the routes of manifests and contracts", () => {
  it("fit together as they are", async () => {
    expect((await loadRoutes(declarations)).length).toBeGreaterThan(10);
  });

  it("fail the build when a contract is idempotent and its manifest grants no table for that", async () => {
    const without = withManifest("data-generator", ({ access: { queues = {} } }) => ({ access: { queues } }));

    await expect(loadRoutes(without)).rejects.toThrow(
      'data-generator: POST /data is idempotent, so function.json must grant it: "tables": { "idempotency"',
    );
  });

  it("fail the build when one of them names a route that the other does not", async () => {
    const without = withManifest("data-generator", () => ({ triggers: [] }));

    await expect(loadRoutes(without)).rejects.toThrow(
      "POST /data is in contract.ts but not in function.json",
    );
  });
});
