import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { watchSources } from "./watch.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const setup = () => {
  const root = mkdtempSync(join(tmpdir(), "millrace-watch-"));
  for (const folder of ["functions/one", "common", "dist"])
    mkdirSync(join(root, folder), { recursive: true });
  const hashes: Record<string, string> = { one: "1", two: "1" };
  const writeManifest = () => {
    const functions = Object.fromEntries(Object.entries(hashes).map(([name, sha256]) => [name, { sha256 }]));
    writeFileSync(join(root, "dist/manifest.json"), JSON.stringify({ functions }));
  };
  writeManifest();
  const swapped: string[] = [];
  const reported: string[] = [];
  let fault: string | undefined;
  const end = watchSources({
    root,
    build: async () => {
      if (fault) throw new Error(fault);
      writeManifest();
    },
    swap: (name) => void swapped.push(name),
    report: (line) => void reported.push(line),
  });
  ends.push(() => {
    end();
    rmSync(root, { recursive: true, force: true });
  });
  return { root, hashes, swapped, reported, break: (message?: string) => (fault = message) };
};

describe("watching sources", () => {
  it("swaps the functions whose bundles changed, and no other", async () => {
    const { root, hashes, swapped, reported } = setup();

    hashes.two = "2";
    writeFileSync(join(root, "common/shared.ts"), "1");

    await eventually(() => reported.length > 0);
    expect(swapped).toEqual(["two"]);
    expect(reported).toEqual(["two was rebuilt and swapped."]);
  });

  it("keeps what runs when the source has a fault, and goes on when it is mended", async () => {
    const { root, hashes, swapped, reported, break: breakBuild } = setup();

    breakBuild("one/handler.ts: Unexpected end of file");
    writeFileSync(join(root, "functions/one/handler.ts"), "{");
    await eventually(() => reported.length === 1);
    breakBuild();
    hashes.one = "2";
    // Many editors save by giving a new file the old name.
    writeFileSync(join(root, "draft.ts"), "{}");
    renameSync(join(root, "draft.ts"), join(root, "functions/one/handler.ts"));
    await eventually(() => reported.length === 3);

    expect(reported).toEqual([
      "Not swapped. one/handler.ts: Unexpected end of file",
      "The source builds again.",
      "one was rebuilt and swapped.",
    ]);
    expect(swapped).toEqual(["one"]);
  });

  it("says that the source builds again when it is as it was, so that nothing is swapped", async () => {
    const { root, swapped, reported, break: breakBuild } = setup();

    breakBuild("one/handler.ts: Unexpected end of file");
    writeFileSync(join(root, "functions/one/handler.ts"), "{");
    await eventually(() => reported.length === 1);
    breakBuild();
    writeFileSync(join(root, "functions/one/handler.ts"), "{}");
    await eventually(() => reported.length === 2);

    expect(reported[1]).toBe("The source builds again.");
    expect(swapped).toEqual([]);
  });

  it("sees folders that are made later, and what is in them", async () => {
    const { root, hashes, reported } = setup();

    mkdirSync(join(root, "common/later"));
    hashes.one = "2";
    await eventually(() => reported.length === 1);
    hashes.one = "3";
    writeFileSync(join(root, "common/later/shared.ts"), "1");

    await eventually(() => reported.length === 2);
  });

  it("says that a manifest needs a restart", async () => {
    const { root, reported } = setup();

    writeFileSync(join(root, "functions/one/function.json"), "{}");

    await eventually(() => reported.some((line) => line.includes("restart")));
  });
});
