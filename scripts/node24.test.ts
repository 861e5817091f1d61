import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import * as esbuild from "esbuild";
import { afterEach, describe, expect, it } from "vitest";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const LOCK = '{"lockfileVersion":3}';
const stampOf = (lock: string) => createHash("sha256").update(lock).digest("hex");

/** A project of its own: the script, a lock file, and a `node_modules` with this very Node as its package. */
const project = ({
  installedFrom,
  packaged = process.versions.node,
}: {
  installedFrom?: string;
  packaged?: string;
} = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-node24-"));
  folders.push(folder);
  mkdirSync(join(folder, "scripts"));
  for (const file of ["package.json", "scripts/node24.mjs", "scripts/usage.mjs", "scripts/commands.json"]) {
    cpSync(file, join(folder, file));
  }
  writeFileSync(join(folder, "package-lock.json"), LOCK);
  const bin = join(folder, "node_modules", `node-${process.platform}-${process.arch}`, "bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, "node"));
  writeFileSync(join(bin, "../package.json"), JSON.stringify({ version: packaged }));
  if (installedFrom) writeFileSync(join(folder, "node_modules/.installed-from"), stampOf(installedFrom));
  return folder;
};
/** Stands for npm: writes down how it was called. */
const fakeNpm = (folder: string, exit = 0): string => {
  const file = join(folder, "npm.cjs");
  writeFileSync(
    file,
    `require("node:fs").appendFileSync(${JSON.stringify(join(folder, "npm.log"))}, process.argv.slice(2).join(" ") + "\\n"); process.exit(${exit});`,
  );
  return file;
};
const run = (folder: string, script: string, npm = fakeNpm(folder)) => {
  writeFileSync(join(folder, "script.ts"), script);
  return spawnSync(process.execPath, ["scripts/node24.mjs", "script.ts", "--flag", "a b"], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, npm_execpath: npm, npm_node_execpath: process.execPath },
  });
};
const npmCalls = (folder: string): string[] => {
  try {
    return readFileSync(join(folder, "npm.log"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
};

describe("scripts/node24.mjs", () => {
  it.each(["node24.mjs", "usage.mjs"])(
    "%s is JavaScript that Node 20 reads, and imports only what Node 20 has",
    async (file) => {
      const source = readFileSync(join("scripts", file), "utf8");
      const shape = { format: "esm", loader: "js" } as const;

      const lowered = await esbuild.transform(source, { ...shape, target: "node20.0" });
      const plain = await esbuild.transform(source, { ...shape, target: "esnext" });

      expect(lowered.code).toBe(plain.code);
      const modules = [...source.matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
      expect(modules.every((name) => name?.startsWith("node:") || name === "./usage.mjs")).toBe(true);
      expect(source).not.toMatch(
        /import\.meta\.(dirname|filename|resolve)|getBuiltinModule|\bglobSync|process\.loadEnvFile/,
      );
    },
  );

  it("runs the script with its arguments in the project's folder, under the package's Node, with its tools on the path", () => {
    const folder = project({ installedFrom: LOCK });

    const { status, stdout, stderr } = run(
      folder,
      "console.log(JSON.stringify([process.argv.slice(2), process.cwd(), process.env.PATH?.split(':').slice(0, 2)] satisfies unknown[]))",
    );

    const [args, cwd, path] = JSON.parse(stdout);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(args).toEqual(["--flag", "a b"]);
    expect(resolve(cwd)).toBe(resolve(folder));
    expect(path[1]).toBe(join(resolve(folder), "node_modules/.bin"));
    expect(npmCalls(folder)).toEqual([]);
  });

  it.each([
    ["a later package", "24.999.0", true],
    ["a package of the same version", process.versions.node, true],
    ["an older package", "24.0.0", false],
    ["a package of another major version", "20.20.0", true],
  ])("takes %s before the machine's own Node: %s, %s", (_, packaged, isTaken) => {
    const folder = project({ installedFrom: LOCK, packaged });

    const { stdout } = run(folder, "console.log(process.env.PATH?.split(':')[0])");

    const bin = join(resolve(folder), "node_modules", `node-${process.platform}-${process.arch}`, "bin");
    expect(stdout.trim() === bin).toBe(isTaken);
  });

  it("ends with the script's exit code", () => {
    expect(run(project({ installedFrom: LOCK }), "process.exit(7)").status).toBe(7);
  });

  it.each([
    ["nothing was installed", undefined],
    ["the lock file has changed", "other"],
  ])("installs first, once, when %s", (_, installedFrom) => {
    const folder = project(installedFrom === undefined ? {} : { installedFrom });

    expect(run(folder, "").status).toBe(0);
    expect(run(folder, "").status).toBe(0);

    expect(npmCalls(folder)).toEqual([expect.stringMatching(/^ci .*--include=dev --include=optional/)]);
  });

  it("says so and runs nothing when the installation fails, and tries again the next time", () => {
    const folder = project();
    const npm = fakeNpm(folder, 1);

    const failed = run(folder, "console.log('ran')", npm);
    run(folder, "", npm);

    expect(failed.status).toBe(1);
    expect(failed.stdout).toBe("");
    expect(failed.stderr).toContain("npm ci failed");
    expect(npmCalls(folder)).toHaveLength(2);
  });

  it.each(["local/start/main.ts", "scripts/token.ts", "bench/main.ts", "build.mjs"])(
    "prints the help of %s without a script and without installing anything",
    (script) => {
      const folder = project();

      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["scripts/node24.mjs", script, "--fresh", "--help"],
        { cwd: folder, encoding: "utf8", env: { PATH: "", npm_execpath: fakeNpm(folder) } },
      );

      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(/npm (start|run)[\s\S]*--help +print this\n$/);
      expect(npmCalls(folder)).toEqual([]);
    },
  );

  it("installs also what the folder of the script has a lock file for, once, and for no other script", () => {
    const folder = project({ installedFrom: LOCK });
    const npm = fakeNpm(folder);
    mkdirSync(join(folder, "bench/node_modules"), { recursive: true });
    writeFileSync(join(folder, "bench/package-lock.json"), '{"lockfileVersion":3,"of":"bench"}');
    writeFileSync(join(folder, "bench/main.ts"), "");
    const runScript = (script: string) =>
      spawnSync(process.execPath, ["scripts/node24.mjs", script], {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: process.env.PATH, npm_execpath: npm, npm_node_execpath: process.execPath },
      });

    run(folder, "", npm);
    expect(npmCalls(folder)).toEqual([]);

    const { stderr, status } = runScript("bench/main.ts");
    runScript("bench/main.ts");

    expect({ stderr, status }).toEqual({
      stderr: "Installing dependencies (npm ci in bench/) …\n",
      status: 0,
    });
    expect(npmCalls(folder)).toHaveLength(1);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("passes %s on and ends when the script has", async (signal) => {
    const folder = project({ installedFrom: LOCK });
    writeFileSync(
      join(folder, "script.ts"),
      `process.on("${signal}", () => { console.log("tidied"); process.exit(3); }); setInterval(() => {}, 1000); console.log("up");`,
    );
    const child = spawn(process.execPath, ["scripts/node24.mjs", "script.ts"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdout.once("data", () => child.kill(signal));

    expect(await text(child.stdout)).toContain("tidied");
    expect(await ended).toBe(3);
  });
});
