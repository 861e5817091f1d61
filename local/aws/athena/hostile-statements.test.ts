import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import { LAKE_TABLES } from "#common/logs/lake-tables.ts";
import { RESERVED_NAMES, readableTypes } from "#common/logs/query/compose.ts";
import { daysOf, relationQuery } from "#common/logs/query/relations.ts";
import { DUCKDB_MACROS } from "#common/logs/sql/macros.ts";
import { readQuery } from "#common/logs/sql/read-query.ts";
import { isLogType } from "#common/logs/types.ts";
import { openLockedDatabase } from "./locked-database.ts";
import { planQuery } from "./plan-query.ts";
import { HOSTILE_STATEMENTS } from "./testing/hostile-statements.ts";
import { aLine } from "./testing/lake.ts";

const root = mkdtempSync(join(tmpdir(), "hostile-"));
const NOON = "2026-05-05T12:00:00.000Z";
const SECRETS = ["SECRET-OF-THEIRS", "SECRET-OF-A-FILE", "SECRET-OF-EVENTS", "SECRET-OF-ENVIRONMENT"];

const folderOf = (organization: string, logType: string) =>
  join(root, "lake/logs/environment=local", `organization=${organization}`, `logtype=${logType}`);
const place = (organization: string, logType: string, server: string): string => {
  const line = aLine(organization, "m-1", NOON, { logType, server, description: server });
  const file = join(folderOf(organization, logType), "year=2026/month=5/day=5/hour=12/part-1.gz");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, gzipSync(`${JSON.stringify(line)}\n`));
  return file;
};

const own = place("mine", "web", "MINE");
const theirs = place("theirs", "web", "SECRET-OF-THEIRS");
const events = place("mine", "events", "SECRET-OF-EVENTS");
const secret = join(root, "secret.txt");
writeFileSync(secret, "SECRET-OF-A-FILE\n");
// A reader that may read a compressed file as it lies shows its bytes and not its words.
writeFileSync(`${theirs}.json`, "SECRET-OF-THEIRS\n");
process.env.MILLRACE_HOSTILE = "SECRET-OF-ENVIRONMENT";
const out = join(root, "out");

afterAll(() => rmSync(root, { recursive: true, force: true }));

const fill = (statement: string): string =>
  statement
    .replaceAll("{secret}", secret)
    .replaceAll("{theirs}", theirs)
    .replaceAll("{theirFolder}", dirname(theirs))
    .replaceAll("{events}", events)
    .replaceAll("{ownFolder}", dirname(own))
    .replaceAll("{own}", own)
    .replaceAll("{out}", out);

const theirBytes = readFileSync(theirs).toString("latin1");
const before = readdirSync(root, { recursive: true }).length;

/** Everything that a statement shows, as text; a refused one shows why. */
const shown = async (connection: DuckDBConnection, sql: string): Promise<string> => {
  try {
    const statements = await connection.extractStatements(sql);
    const texts: string[] = [];
    for (let at = 0; at < statements.count; at += 1) {
      // A stream, because some of them never end.
      const result = await (await statements.prepare(at)).stream();
      const chunk = await result.fetchChunk();
      texts.push(String(chunk?.getRows().join("\n")));
    }
    return texts.join("\n");
  } catch (error) {
    return String(error);
  }
};

const expectNothingForeign = (text: string, statement: string): void => {
  for (const word of SECRETS) {
    // A refusal may repeat the statement, which names none of these.
    expect(text, statement).not.toContain(word);
  }
  expect(text, statement).not.toContain(theirBytes.slice(10, 60));
  expect(existsSync(out), statement).toBe(false);
};

/** The relation as DuckDB has it, with what a wall that is taken away would show through it. */
const relation = (organization: string): string => {
  const range = { from: Date.parse(NOON) - 3_600_000, to: Date.parse(NOON) + 3_600_000 };
  const days = daysOf(range).map((day) => ({ day, generation: 0, raw: true }));
  return relationQuery({ environment: "local", organizationId: organization, logType: "web", range, days });
};
const plan = (sql: string) =>
  planQuery(sql, {
    tables: new Map(LAKE_TABLES.map((table) => [table.name, table])),
    database: "millrace_local_logs",
    root: join(root, "lake"),
    parameters: [],
  });

const open = (isLocked: boolean) =>
  openLockedDatabase({
    directories: [`${folderOf("mine", "web")}/`],
    setup: DUCKDB_MACROS,
    isLocked,
    threads: 2,
    memoryMb: 512,
  });

describe("200 hostile statements", () => {
  it("are at least so many, each another", () => {
    expect(new Set(HOSTILE_STATEMENTS).size).toBe(HOSTILE_STATEMENTS.length);
    expect(HOSTILE_STATEMENTS.length).toBeGreaterThanOrEqual(200);
  });

  it("show nothing foreign to a process that is locked, without the parser before it", async () => {
    const { connection } = await open(true);
    await connection.run(`CREATE TEMP VIEW web AS ${plan(relation("mine")).sql}`);
    expect(await shown(connection, "SELECT server FROM web")).toContain("MINE");

    for (const statement of HOSTILE_STATEMENTS) {
      expectNothingForeign(await shown(connection, fill(statement)), statement);
    }
    const left = readdirSync(root, { recursive: true }).map(String);
    expect(left.filter((name) => name.includes("stolen"))).toEqual([]);
  });

  it("show nothing foreign through the parser, to a process that is not locked and may read every folder", async () => {
    const { connection } = await open(false);
    // Without either wall they do show it, or nothing would be tried here.
    expect(await shown(connection, fill("SELECT * FROM read_text('{secret}')"))).toContain(
      "SECRET-OF-A-FILE",
    );
    const reader = { readsEvents: false };
    const passed: string[] = [];
    for (const statement of HOSTILE_STATEMENTS) {
      let sql: string;
      try {
        const { relations, ctes, select } = readQuery(fill(statement), {
          relations: new Set<string>(readableTypes(reader)),
          reserved: RESERVED_NAMES,
        });
        const composed = relations.filter(isLogType).map((name) => `"${name}" AS (${relation("mine")})`);
        const all = [...composed, ctes].filter(Boolean).join(", ");
        sql = plan(all === "" ? select : `WITH ${all} ${select}`).sql;
      } catch (error) {
        expect(error, statement).toMatchObject({ name: "SqlFault" });
        continue;
      }
      passed.push(statement);
      expectNothingForeign(await shown(connection, sql), statement);
    }

    expect(passed).toEqual([]);
    expect(readdirSync(root, { recursive: true })).toHaveLength(before);
  });
});
