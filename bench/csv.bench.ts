import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createReadStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { build } from "esbuild";
import { writeCsvFile } from "./csv-file.ts";
import { median, type Row } from "./row.ts";

const ROWS = 1_000_000;
const ROUNDS = 5;
const SAME_ROWS = 30_000;
const MEMORY_MAX = 80;

type Measured = { cpuMs: number; wallMs: number };

const folder = mkdtempSync(join(tmpdir(), "millrace-csv-"));
const path = (name: string): string => join(folder, name);

/** Bundles, as they are deployed: what strips types would count as memory of the reader. */
const bundles = async (): Promise<void> => {
  await build({
    entryPoints: ["csv-child.ts", "csv-worker-child.ts", "csv-memory-child.ts"].map((file) =>
      resolve(import.meta.dirname, file),
    ),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    // Next to the bundles there is no node_modules; a native library cannot be bundled.
    plugins: [
      {
        name: "peers",
        setup: ({ onResolve }) => {
          onResolve({ filter: /^(@duckdb\/node-api|csv-parse|papaparse|udsv)$/ }, ({ path: name }) => ({
            path: import.meta.resolve(name),
            external: true,
          }));
        },
      },
    ],
  });
};

const measure = async (side: string, file: string): Promise<Measured> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    path("csv-child.mjs"),
    side,
    path(file),
    path("out.ndjson"),
    path("csv-worker-child.mjs"),
  ]);
  return JSON.parse(stdout) as Measured;
};

/** The values of the lines of an output: ours have the row's line beside them, and DuckDB writes nulls. */
const values = async (...files: string[]): Promise<unknown[]> => {
  const read: unknown[] = [];
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(path(file)) })) {
      const whole = JSON.parse(line) as { values?: object };
      const known = Object.entries(whole.values ?? whole).filter(([, value]) => value !== null);
      read.push(Object.fromEntries(known));
    }
  }
  return read;
};

const assertSame = async (): Promise<void> => {
  writeCsvFile(path("same.csv"), SAME_ROWS, true);
  await measure("ours", "same.csv");
  const wanted = await values("out.ndjson");
  const bytes = readFileSync(path("out.ndjson"));
  // Some rows are bad, and not all.
  assert(wanted.length > SAME_ROWS * 0.9 && wanted.length < SAME_ROWS);
  for (const side of ["csv-parse", "papaparse", "udsv", "DuckDB", "DuckDB on two threads"]) {
    await measure(side, "same.csv");
    assert.deepEqual(await values("out.ndjson"), wanted, side);
  }
  await measure("two workers", "same.csv");
  assert(Buffer.concat([readFileSync(path("out.ndjson")), readFileSync(path("out.ndjson.2"))]).equals(bytes));
};

type Goal = { ours: string; theirs: string; time: "cpuMs" | "wallMs"; goal: string; isInverse?: boolean };

const GOALS: Goal[] = [
  { ours: "ours", theirs: "DuckDB", time: "cpuMs", goal: "≤ 0.85" },
  { ours: "ours", theirs: "csv-parse", time: "cpuMs", goal: "≥ 3.5", isInverse: true },
  { ours: "ours", theirs: "papaparse", time: "cpuMs", goal: "≥ 2", isInverse: true },
  { ours: "ours", theirs: "udsv", time: "cpuMs", goal: "–", isInverse: true },
  { ours: "two workers", theirs: "DuckDB on two threads", time: "wallMs", goal: "≤ 0.75" },
];

const speed = async (): Promise<Row[]> => {
  writeCsvFile(path("speed.csv"), ROWS);
  const sides = [...new Set(GOALS.flatMap(({ ours, theirs }) => [ours, theirs]))];
  const rounds: Map<string, Measured>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const measured = new Map<string, Measured>();
    // In turn, every other round the other way about.
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      measured.set(side, await measure(side, "speed.csv"));
    }
    rounds.push(measured);
  }
  return GOALS.map(({ ours, theirs, time, goal, isInverse = false }) => {
    const times = (side: string) => rounds.map((measured) => measured.get(side)?.[time] ?? Number.NaN);
    const ratios = times(ours).map((our, round) => our / (times(theirs)[round] ?? Number.NaN));
    return {
      what: `CSV to checked JSON, ${ours === "ours" ? "one thread, CPU" : ours}`,
      against: theirs,
      unit: "ms",
      ours: median(times(ours)),
      theirs: median(times(theirs)),
      ratio: median(ratios.map((ratio) => (isInverse ? 1 / ratio : ratio))),
      goal,
    };
  });
};

/** The most memory of a process that reads the file's rows so many times. */
const megabytes = async (times: number): Promise<number> => {
  const args = [path("csv-memory-child.mjs"), path("speed.csv"), String(times)];
  return Number((await promisify(execFile)(process.execPath, args)).stdout);
};

const memory = async (): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const millions of [1, 5]) {
    const taken: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      taken.push(await megabytes(millions));
    }
    rows.push({
      what: `memory of a process that reads ${millions} million rows`,
      against: "the goal",
      unit: "MB",
      ours: median(taken),
      theirs: MEMORY_MAX,
      ratio: median(taken) / MEMORY_MAX,
      goal: "≤ 1",
    });
  }
  return rows;
};

/** Bytes of CSV to checked lines of JSON, with the same rules on both sides. */
export const run = async (): Promise<Row[]> => {
  try {
    await bundles();
    await assertSame();
    return [...(await speed()), ...(await memory())];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
