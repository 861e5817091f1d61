import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "recleanse-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const script = join(import.meta.dirname, "recleanse.ts");
    execFile(process.execPath, [script, ...argv, "--data", folder], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

type Answer = { status?: number; body: unknown };

/** A platform that gives these answers, one after the other. */
const startPlatform = async (...answers: Answer[]) => {
  const asked: { request: string; body: string; authorization: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { authorization = "" } = request.headers;
      asked.push({ request: `${request.method} ${request.url}`, body, authorization });
      const { status = 200, body: answer } = answers[asked.length - 1] ?? { status: 500, body: {} };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  afterAll(() => new Promise((done) => server.close(done)));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, asked };
};

const running = { id: "c1", status: "running", rows: 10, rowsDone: 0, changed: 0 };

describe("recleanse", () => {
  it("starts a cleansing as an admin, follows it, and ends with what changed", async () => {
    const { url, asked } = await startPlatform(
      { status: 202, body: running },
      { body: { ...running, rowsDone: 4, changed: 1, secondsLeft: 2 } },
      { body: { ...running, status: "completed", rowsDone: 10, changed: 3 } },
    );

    const { code, stdout } = await run(
      "--organization",
      "demo",
      "--from",
      "2026-01-01",
      "--vendor",
      "--url",
      url,
    );

    expect(stdout).toBe(
      "4 of 10 transactions, 1 changed, about 2 s left\n10 of 10 transactions, 3 changed\n3 of 10 transactions changed.\n",
    );
    expect(code).toBe(0);
    expect(asked.map(({ request }) => request)).toEqual([
      "POST /cleansings",
      "GET /cleansings/c1",
      "GET /cleansings/c1",
    ]);
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({ vendor: true, dryRun: false, from: "2026-01-01" });
    const [, claims = ""] = (asked[0]?.authorization ?? "").split(".");
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      organizationId: "demo",
      Role: ["admin"],
    });
  });

  it("says what the platform refused, and ends with 1", async () => {
    const detail = "Transactions are being cleansed again already. Wait for its end.";
    const { url } = await startPlatform({ status: 409, body: { title: "Conflict", detail } });

    expect(await run("--organization", "demo", "--url", url)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(detail),
    });
  });

  it("says when a cleansing failed", async () => {
    const { url } = await startPlatform(
      { status: 202, body: running },
      { body: { ...running, status: "failed", reason: "It came no further." } },
    );

    expect(await run("--organization", "demo", "--url", url)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("It came no further."),
    });
  });

  it("names everything that is wrong with its arguments, and asks nothing", async () => {
    const { code, stderr } = await run(
      "--organization",
      "No!",
      "--url",
      "nowhere",
      "--token",
      "NOT_SET_ANYWHERE",
    );

    expect(code).not.toBe(0);
    for (const option of ["--organization", "--url", "--token"]) expect(stderr).toContain(option);
  });
});
