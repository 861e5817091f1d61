import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";

const bundle = async (options: { sourcemap?: "external" | "linked"; outdir?: string; source?: string }) => {
  const { source = 'export * from "./index.ts";', sourcemap, outdir } = options;
  const { outputFiles = [] } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, sourcefile: "server.ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    external: ["@aws-sdk/client-sns"],
    outfile: join(outdir ?? "/", "server.mjs"),
    write: false,
    ...(sourcemap ? { sourcemap } : {}),
  });
  return outputFiles;
};

describe("the library", () => {
  it("takes 4 KB, packed, without the SDK", async () => {
    const [file] = await bundle({});

    expect(gzipSync(file?.contents ?? "", { level: 9 }).length).toBeLessThanOrEqual(4_096);
  });

  it("needs nothing but Node and the SDK", async () => {
    const [file] = await bundle({});

    const imported = [...(file?.text ?? "").matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(imported)].sort()).toEqual(["@aws-sdk/client-sns", "node:crypto"]);
  });

  it("says by the source map where an event was put, when it is asked to", async () => {
    const folder = mkdtempSync(join(tmpdir(), "request-log-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const source = `import { createRequestLog } from "./index.ts";
      const publish = async (messages) => { for (const { body } of messages) console.log(body); };
      for (const caller of [true, false]) {
        const log = createRequestLog({ publish, caller })({ logType: "web", organizationID: "demo" });
        log.event("put", "here");
        log.call("there").end();
        await log.end();
      }`;
    for (const { path, contents } of await bundle({ sourcemap: "linked", outdir: folder, source })) {
      writeFileSync(path, contents);
    }

    const printed = execFileSync(process.execPath, ["--enable-source-maps", join(folder, "server.mjs")], {
      encoding: "utf8",
    });

    const [withCaller, without] = printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).events);
    expect(withCaller.map(({ caller }: { caller: string }) => caller)).toEqual([
      expect.stringMatching(/server\.ts:5:13$/),
      expect.stringMatching(/server\.ts:6:13$/),
    ]);
    expect(without.map(({ caller }: { caller?: string }) => caller)).toEqual([undefined, undefined]);
  });
});
