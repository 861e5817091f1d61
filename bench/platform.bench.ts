import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { eventually } from "../common/testing/eventually.ts";
import { type System, startSystem } from "../local/testing/system.ts";
import { build } from "../scripts/build/build.ts";
import { median, type Row } from "./row.ts";

const root = resolve(import.meta.dirname, "..");
const ROUNDS = 7;
const REQUESTS = 3_000;
const CONNECTIONS = 16;

type Server = { child: ChildProcessWithoutNullStreams; port: number; cpuMs(): Promise<number> };

const startServer = async (kind: string): Promise<Server> => {
  const child = spawn(process.execPath, [join(root, "bench/server-child.ts"), kind], { stdio: "pipe" });
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => Number((await lines.next()).value);
  const port = await next();
  return {
    child,
    port,
    cpuMs: () => {
      child.stdin.write("\n");
      return next();
    },
  };
};

/** A bounded burst of requests over kept connections; fails unless each is answered 200 with the same body. */
const burst = async (port: number, agent: Agent): Promise<string> => {
  let seen = "";
  let left = REQUESTS;
  const one = () =>
    new Promise<void>((done, fail) => {
      request(
        { port, host: "127.0.0.1", path: "/data", agent, headers: { authorization: "Bearer bench" } },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("end", () => {
            if (response.statusCode !== 200) fail(new Error(`answered ${response.statusCode} ${text}`));
            seen = text;
            done();
          });
        },
      )
        .on("error", fail)
        .end();
    });
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  return seen;
};

/** CPU per request of each server, taking turns so that a slow moment of the machine hits all. */
const frontDoorRows = async (): Promise<Row[]> => {
  const kinds = ["millrace", "node", "fastify"];
  const servers = new Map<string, Server>();
  for (const kind of kinds) servers.set(kind, await startServer(kind));
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const micros = new Map<string, number[]>(kinds.map((kind) => [kind, []]));
  try {
    const bodies = new Set<string>();
    for (let round = -2; round < ROUNDS; round += 1) {
      for (const [kind, server] of servers) {
        const before = await server.cpuMs();
        bodies.add(await burst(server.port, agent));
        if (round >= 0) micros.get(kind)?.push((((await server.cpuMs()) - before) * 1000) / REQUESTS);
        else await server.cpuMs();
      }
    }
    if (bodies.size !== 1) throw new Error("the servers do not answer the same");
  } finally {
    agent.destroy();
    for (const { child } of servers.values()) child.stdin.end();
  }
  const of = (kind: string) => median(micros.get(kind) ?? []);
  const row = (peer: string, against: string, goal: string): Row => ({
    what: "front door, CPU per request",
    against,
    ours: of("millrace"),
    theirs: of(peer),
    unit: "µs",
    ratio: of("millrace") / of(peer),
    goal,
  });
  return [row("node", "bare node:http", "≤ 1.35"), row("fastify", "fastify", "–")];
};

const line = (what: string, value: number, limit: number): Row => ({
  what,
  against: "its limit",
  ours: value,
  theirs: limit,
  unit: "ms",
  ratio: value / limit,
  goal: "≤ 1",
});

/** `npm start`, installed and built, until a request is answered. */
const startRow = async (): Promise<Row> => {
  await build({ functionsFolder: join(root, "functions"), outFolder: join(root, "dist") });
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), "millrace-bench-"));
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const startedAt = performance.now();
    const child = spawn(
      process.execPath,
      [
        "scripts/node24.mjs",
        "local/start/main.ts",
        "--quiet",
        "--port",
        `${port}`,
        "--aws-port",
        `${port + 1}`,
        "--data",
        folder,
      ],
      { cwd: root, stdio: "ignore" },
    );
    const isUp = () =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ status }) => status === 200,
        () => false,
      );
    await eventually(isUp, 30_000);
    times.push(performance.now() - startedAt);
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
  return line("npm start to the first answer", median(times), 3_000);
};

/** From `POST /data` to readable, at a steady rate. */
const latencies = async (system: System, perSecond: number, seconds: number): Promise<number[]> => {
  const token = await system.token(["data.read", "data.write"]);
  const one = async (): Promise<number> => {
    const startedAt = performance.now();
    const { body, status } = await system.call("POST /data", { token, body: { at: startedAt } });
    if (status !== 202) throw new Error(`answered ${status}`);
    const { id } = body as { id: string };
    await eventually(
      () => system.call(`GET /data/${id}`, { token }),
      (reply) => reply.status === 200,
      60_000,
    );
    return performance.now() - startedAt;
  };
  await one();
  const running: Promise<number>[] = [];
  const startedAt = performance.now();
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const wait = startedAt + (n * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    running.push(one());
  }
  return Promise.all(running);
};

const latencyRows = async (): Promise<Row[]> => {
  const system = await startSystem();
  try {
    const idle = await latencies(system, 2, 5);
    const busy = await latencies(system, 50, 6);
    return [
      line("POST /data to readable, idle, median", median(idle), 1_000),
      line("POST /data to readable, 50 per second, median", median(busy), 250),
    ];
  } finally {
    await system.stop();
  }
};

export const run = async (): Promise<Row[]> => [
  ...(await frontDoorRows()),
  await startRow(),
  ...(await latencyRows()),
];
