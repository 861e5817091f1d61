import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "./build.ts";

describe("a second build", () => {
  // Inside the project, where `#common/…` is known.
  let project: string;
  let functions: string;
  const handler = (text: string) =>
    `import { words } from "./words.ts";\nexport const handler = async () => words + ${JSON.stringify(text)};\n`;
  const manifest = JSON.stringify({
    description: "Only for a test.",
    timeoutSeconds: 1,
    triggers: [],
    access: {},
  });
  const put = (file: string, text: string) => {
    mkdirSync(resolve(functions, file, ".."), { recursive: true });
    writeFileSync(join(functions, file), text);
  };
  const run = async () => {
    const built = await build({ functionsFolder: functions, outFolder: join(project, "out") });
    return built.filter(({ rebuilt }) => rebuilt).map(({ name }) => name);
  };

  beforeAll(() => {
    mkdirSync("dist", { recursive: true });
    project = mkdtempSync(join("dist", "test-"));
    functions = join(project, "functions");
    mkdirSync(functions);
    for (const file of ["function.schema.json", "resources.schema.json", "rights.json", "resources.json"]) {
      cpSync(join("functions", file), join(functions, file));
    }
    for (const name of ["one-thing", "two-things"]) {
      put(`${name}/function.json`, manifest);
      put(`${name}/handler.ts`, handler(name));
      put(`${name}/words.ts`, 'export const words = "a";\n');
    }
  });
  afterAll(() => {
    rmSync(project, { recursive: true });
  });

  it("makes only what changed, whether the handler or what it imports", async () => {
    expect(await run()).toEqual(["one-thing", "two-things"]);
    expect(await run()).toEqual([]);

    put("one-thing/words.ts", 'export const words = "b";\n');
    expect(await run()).toEqual(["one-thing"]);

    put("two-things/handler.ts", handler("other"));
    expect(await run()).toEqual(["two-things"]);
  });

  it("makes all again when a schema changed, in whichever room of a function it stands", async () => {
    put("one-thing/body/thing.schema.ts", "export const size = 1;\n");
    await run();
    put("one-thing/body/thing.schema.ts", "export const size = 2;\n");

    expect(await run()).toEqual(["one-thing", "two-things"]);
    expect(await run()).toEqual([]);
  });

  it("does not take a touched file for a changed one", async () => {
    await run();
    utimesSync(join(functions, "one-thing/words.ts"), new Date(), new Date(1));

    expect(await run()).toEqual([]);
  });

  it("makes again what was deleted", async () => {
    await run();
    rmSync(join(project, "out/one-thing.zip"));

    expect(await run()).toEqual(["one-thing"]);
  });

  it("removes the zip of a function that is gone", async () => {
    put("old-thing/function.json", manifest);
    put("old-thing/handler.ts", "export const handler = async () => 1;\n");
    await run();
    rmSync(join(functions, "old-thing"), { recursive: true });
    await run();

    expect(() => readFileSync(join(project, "out/old-thing.zip"))).toThrow("ENOENT");
    expect(() => readFileSync(join(project, "out/old-thing/handler.cjs"))).toThrow("ENOENT");
  });
});
