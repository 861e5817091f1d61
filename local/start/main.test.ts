import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";

const root = resolve(import.meta.dirname, "../..");
let data = "";
const children: ChildProcess[] = [];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "millrace-main-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(data, { recursive: true, force: true, maxRetries: 3 });
});

const start = (...flags: string[]) => startWith({}, ...flags);

const startWith = (settings: Record<string, string>, ...flags: string[]) => {
  const free = flags.includes("--port") ? [] : ["--port", "0"];
  const child = spawn(
    process.execPath,
    ["local/start/main.ts", "--aws-port", "0", "--data", data, ...free, ...flags],
    { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH, ...settings } },
  );
  children.push(child);
  const printed = { out: "", err: "" };
  child.stdout.on("data", (text) => (printed.out += text));
  child.stderr.on("data", (text) => (printed.err += text));
  const exited = once(child, "exit").then(([code]) => Number(code));
  // The first start on a machine also builds.
  const ready = (deadlineMs = 25_000) =>
    eventually(() => {
      if (child.exitCode !== null) throw new Error(`it ended: ${printed.err}`);
      return /^ready (http:\/\/localhost:\d+)\n$/m.exec(printed.out)?.[1];
    }, deadlineMs);
  const stop = async (): Promise<number> => {
    child.kill("SIGTERM");
    child.kill("SIGTERM");
    return exited;
  };
  return { child, printed, ready, exited, stop };
};

const token = async (...more: string[]): Promise<string> => {
  const flags = [
    "--sub",
    "alice",
    "--organization",
    "demo",
    "--role",
    "data.read,data.write",
    "--data",
    data,
    ...more,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/token.ts", ...flags], {
    cwd: root,
  });
  return stdout.trim();
};

/** What the commands answer that are printed, typed into a shell in the project's folder. */
const statusesOf = async (printed: string): Promise<string[]> => {
  const commands = printed.split("\n").filter((line) => /^ {2}(TOKEN=|curl )/.test(line));
  const script = commands.map((line) =>
    line.replace("curl -sw '\\n'", "curl -s -o /dev/null -w '%{http_code}\\n'"),
  );
  const { stdout } = await promisify(execFile)("sh", ["-c", script.join("\n")], { cwd: root });
  return stdout.trim().split("\n");
};

describe("npm start", () => {
  it("prints one line when quiet, serves, keeps data, and stops within five seconds", async () => {
    const first = start("--quiet");
    const url = await first.ready();
    const headers = { authorization: `Bearer ${await token()}`, "content-type": "application/json" };
    const posted = await fetch(`${url}/data`, { method: "POST", headers, body: '{"informationOne":"kept"}' });
    expect(posted.status).toBe(202);
    const { id } = (await posted.json()) as { id: string };
    await eventually(async () => (await fetch(`${url}/data/${id}`, { headers })).status === 200);

    const begun = performance.now();
    expect(await first.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(first.printed).toEqual({ out: `ready ${url}\n`, err: "" });

    const second = start("--quiet");
    const again = await (await fetch(`${await second.ready()}/data/${id}`, { headers })).json();
    expect(again).toMatchObject({ id, data: { informationOne: "kept" } });
    expect(await second.stop()).toBe(0);
  });

  it("prints commands that work, and where things are; the ready line comes last", async () => {
    const platform = start();
    const url = await platform.ready();

    const { out } = platform.printed;
    expect(await statusesOf(out)).toEqual([
      ...["202", "202", "201", "202"],
      ...["200", "200", "200", "200", "200"],
    ]);
    for (const place of [data, `${url}/openapi.json`, "README.md"]) expect(out).toContain(place);
    expect(out.trim().split("\n").at(-1)).toBe(`ready ${url}`);
    expect(await (await fetch(url)).json()).toMatchObject({
      name: "Millrace",
      openapi: `${url}/openapi.json`,
    });
    expect(await platform.stop()).toBe(0);
  });

  it("lets a setting of its environment win over the local one", async () => {
    const issuer = "http://localhost:9999";
    const platform = startWith({ RELEASE_VERSION: "9.8.7", TOKEN_ISSUER: issuer }, "--quiet");
    const url = await platform.ready();
    const statusOf = async (bearer: string) =>
      (await fetch(`${url}/data`, { headers: { authorization: `Bearer ${bearer}` } })).status;

    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ version: "9.8.7" });
    expect(await statusOf(await token("--issuer", issuer))).toBe(200);
    expect(await statusOf(await token())).toBe(401);
    expect(await platform.stop()).toBe(0);
  });

  it("plays the demo before it is ready, and prints commands that show it", async () => {
    const platform = start("--demo");
    const url = await platform.ready(100_000);

    const [, played = ""] = platform.printed.out.split("The demo was played");
    const [first = ""] = platform.printed.out.split("\n").filter((line) => line.startsWith("  TOKEN="));
    const statuses = await statusesOf(`${first}\n${played}`);

    expect(statuses.length).toBeGreaterThan(5);
    expect(new Set(statuses.slice(0, -2))).toEqual(new Set(["200"]));
    // On a busy machine an export or a verification takes so long that it goes on as a job.
    for (const status of statuses.slice(-2)) expect(["200", "202"]).toContain(status);
    expect(platform.printed.out.trim().split("\n").at(-1)).toBe(`ready ${url}`);
    expect(await platform.stop()).toBe(0);
  }, 120_000);

  it("says in one line that a port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address ? address.port : 0;

    const platform = start("--port", String(port));

    expect(await platform.exited).toBe(1);
    other.close();
    expect(platform.printed.out).toBe("");
    expect(platform.printed.err).toMatch(new RegExp(`^Port ${port} is in use[^\n]+\n$`));
  });

  it("says in one line that it does not know a flag", async () => {
    const platform = start("--verbose");

    expect(await platform.exited).toBe(2);
    expect(platform.printed).toEqual({
      out: "",
      err: "There is no option --verbose: --help lists what there is.\n",
    });
  });

  it("stops on Ctrl-C too", async () => {
    const platform = start("--quiet");
    await platform.ready();

    platform.child.kill("SIGINT");

    expect(await platform.exited).toBe(0);
  });
});
