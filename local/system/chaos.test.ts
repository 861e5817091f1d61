import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { differences, postRecords, readRecords } from "../testing/post-records.ts";
import { startSystem } from "../testing/system.ts";

it("keeps every record once while a tenth of AWS calls fail and functions are killed half-way", async () => {
  const system = await startSystem({ chaos: { share: 0.1 }, pace: 0.01 });
  const token = await system.token(["data.read", "data.write"]);

  const { ids, repeats } = await postRecords(system, { token, to: 200 });

  const found = await eventually(
    () => readRecords(system, token),
    (records) => records.size >= ids.size,
    60_000,
  );
  expect(differences(ids, found)).toEqual([]);
  // Without faults this test would show nothing.
  expect(repeats).toBeGreaterThan(0);
  expect(system.platform.queues.depth("millrace-local-records-dead").visible).toBe(0);
  await system.stop();
}, 120_000);

/** A platform in a process of its own, so that it can be killed. */
const startChild = async (dataFolder: string): Promise<{ child: ChildProcess; port: number }> => {
  const script = `
    import { startSystem } from ${JSON.stringify(join(import.meta.dirname, "../testing/system.ts"))};
    const system = await startSystem({ dataFolder: ${JSON.stringify(dataFolder)} });
    const token = await system.token(["data.read", "data.write"]);
    process.stdout.write(JSON.stringify({ port: system.platform.port, token }) + "\\n");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding("utf8").once("data", resolve);
    child.once("exit", (code) => reject(new Error(`the platform ended with ${code}`)));
  });
  return { child, port: JSON.parse(line).port };
};

it("has everything that it acknowledged after kill -9 and a restart", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "millrace-kill-"));
  const { child, port } = await startChild(dataFolder);
  const acknowledged = new Map<number, string>();
  const { openIssuer } = await import("../issuer/issuer.ts");
  const issuer = await openIssuer({ folder: dataFolder });
  const token = await issuer.sign({
    sub: "alice",
    organizationId: "demo",
    roles: ["data.read", "data.write"],
    ttlSeconds: 600,
  });

  // Posts until the platform is gone. A record whose request was not answered may be stored or not.
  const worker = async (first: number) => {
    for (let number = first; ; number += 8) {
      const response = await fetch(`http://127.0.0.1:${port}/data`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ number }),
      });
      if (response.status === 202) acknowledged.set(number, ((await response.json()) as { id: string }).id);
      if (acknowledged.size >= 150) child.kill("SIGKILL");
    }
  };
  await Promise.allSettled(Array.from({ length: 8 }, (_, first) => worker(first)));

  const system = await startSystem({ dataFolder });
  const found = await eventually(
    () => readRecords(system, token),
    (records) => [...acknowledged.keys()].every((number) => records.has(number)),
    60_000,
  );
  expect(acknowledged.size).toBeGreaterThanOrEqual(150);
  expect(differences(acknowledged, found).filter((fault) => !fault.endsWith("never acknowledged"))).toEqual(
    [],
  );
  await system.stop();
  rmSync(dataFolder, { recursive: true, force: true });
}, 120_000);
