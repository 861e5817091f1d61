import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalJWKSet, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openIssuer } from "#local/issuer/issuer.ts";
import { readTokenArguments } from "./token.ts";

const run = (...argv: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, "token.ts"), ...argv], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

const faultsOf = (...argv: string[]) => readTokenArguments(argv).faults;

describe("npm run token", () => {
  let data: string;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), "token-"));
  });
  afterEach(() => rm(data, { recursive: true }));

  it("prints a token that the issuer's keys verify, and nothing else", async () => {
    const printed = await run(
      ...["--sub", "alice", "--organization", "demo", "--role", "data.read,data.write", "--ttl", "15m"],
      ...["--data", data],
    );

    expect(printed).toEqual({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/),
    });
    const keys = createLocalJWKSet(await (await openIssuer({ folder: data })).jwks());
    const { payload } = await jwtVerify(printed.stdout.trim(), keys, { audience: "millrace" });
    expect(payload).toMatchObject({
      iss: "http://localhost:4000",
      sub: "alice",
      organizationId: "demo",
      Role: ["data.read", "data.write"],
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
  });

  it("prints no token, names every fault, a line each, and exits 2 when its arguments are wrong", async () => {
    const printed = await run("--role", "data.reed", "--ttl", "soon", "--shout", "--data", data);

    expect(printed.code).toBe(2);
    expect(printed.stdout).toBe("");
    for (const name of ["--sub is missing", '"data.reed"', '"soon"', "--shout"]) {
      expect(printed.stderr).toContain(name);
    }
    expect(printed.stderr.trim().split("\n")).toHaveLength(4);
  });

  it("says in one line that the keys are damaged", async () => {
    await writeFile(join(data, "issuer.json"), "{");

    const printed = await run("--sub", "alice", "--data", data);

    expect(printed).toEqual({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^\S+issuer\.json holds the issuer's keys and is damaged[^\n]+\n$/),
    });
  });
});

describe("the arguments of a token", () => {
  it("need a sub and nothing else", () => {
    expect(readTokenArguments(["--sub", "alice"])).toMatchObject({
      faults: [],
      request: { sub: "alice", roles: [], ttlSeconds: 3600 },
    });
  });

  it("take roles in a list and repeated", () => {
    expect(
      readTokenArguments(["--sub", "a", "--role", "data.read, data.write", "--role=admin"]),
    ).toMatchObject({ request: { roles: ["data.read", "data.write", "admin"] } });
  });

  it("give each fault one sentence", () => {
    expect(faultsOf("--sub", "")).toEqual(["--sub needs a value."]);
    expect(faultsOf("--sub", "a\n")).toEqual([expect.stringContaining("--sub must be")]);
    expect(faultsOf("--sub")).toEqual(["--sub needs a value."]);
    expect(faultsOf("--sub", "a", "--role", "--ttl", "1h")).toEqual(["--role needs a value."]);
    expect(faultsOf("--sub", "a", "--sub", "b")).toEqual(["--sub is given more than once."]);
    expect(faultsOf("--sub", "a", "b")).toEqual(['"b" belongs to no option.']);
    expect(faultsOf("--sub", "a", "--organization", "Demo")).toEqual([expect.stringContaining('"Demo"')]);
    expect(faultsOf("--sub", "a", "--role", "admin,")).toEqual([
      expect.stringContaining("--role names no role"),
    ]);
    expect(faultsOf("--sub", "a", "--issuer", "localhost")).toEqual([expect.stringContaining("--issuer")]);
    expect(faultsOf("--sub", "a", "--data", "")).toEqual(["--data needs a value."]);
  });

  it.each(["0s", "-1h", "1", "h", "1.5h", "1w", "31d", "721h", "999999999999d"])(
    "refuse %s as a lifetime",
    (ttl) => {
      expect(faultsOf("--sub", "a", `--ttl=${ttl}`)).toEqual([expect.stringContaining("--ttl")]);
    },
  );

  it.each([
    ["1s", 1],
    ["15m", 900],
    ["30d", 2_592_000],
    ["720h", 2_592_000],
  ])("take %s as %i seconds", (ttl, ttlSeconds) => {
    expect(readTokenArguments(["--sub", "a", "--ttl", ttl])).toMatchObject({ request: { ttlSeconds } });
  });
});
