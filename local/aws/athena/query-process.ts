// A process of its own for one query: what DuckDB does in it ends with it.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { DuckDBConnection, DuckDBResult, DuckDBValue } from "@duckdb/node-api";
import { openLockedDatabase, textList } from "./locked-database.ts";
import type { QueryOrder, QueryReport } from "./query-order.ts";

const report = (message: QueryReport): Promise<void> =>
  new Promise((done) => process.send?.(message, undefined, {}, () => done()));

const cell = (text: string | null): string => (text === null ? "" : `"${text.replaceAll('"', '""')}"`);

/** Athena's CSV: every value in quotes, null as nothing. */
const writeResult = async (result: DuckDBResult, file: string): Promise<{ rows: number; bytes: number }> => {
  const { athenaText } = await import("./duckdb-values.ts");
  const types = result.columnTypes();
  const out = createWriteStream(file);
  let rows = 0;
  let bytes = 0;
  const textAt = (value: DuckDBValue, at: number): string | null => {
    const type = types[at];
    return type === undefined ? null : athenaText(value, type);
  };
  const write = async (text: string): Promise<void> => {
    bytes += Buffer.byteLength(text);
    if (!out.write(text)) await once(out, "drain");
  };
  await write(
    `${result
      .columnNames()
      .map((name) => cell(name.toLowerCase()))
      .join(",")}\n`,
  );
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    rows += chunk.rowCount;
    await write(
      chunk
        .getRows()
        .map((row) => `${row.map((value, at) => cell(textAt(value, at))).join(",")}\n`)
        .join(""),
    );
  }
  out.end();
  await finished(out);
  return { rows, bytes };
};

/** Bytes of the columns of Parquet files that the plan reads; JSON is read whole. */
const parquetBytes = async (
  connection: DuckDBConnection,
  sql: string,
  files: readonly string[],
): Promise<number> => {
  if (files.length === 0) return 0;
  const plan = (await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`)).getRowsJson();
  const read = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const one of node) walk(one);
      return;
    }
    if (typeof node !== "object" || node === null) return;
    const { name = "", extra_info: info = {}, children = [] } = node as Record<string, unknown>;
    if (/PARQUET/i.test(String(name))) {
      const projections = Reflect.get(Object(info), "Projections") ?? [];
      for (const column of [projections].flat()) read.add(String(column).replaceAll('"', "").toLowerCase());
    }
    walk(children);
  };
  walk(JSON.parse(String(plan[0]?.[1] ?? "[]")));
  const sizes = await connection.runAndReadAll(
    `SELECT path_in_schema, sum(total_compressed_size) FROM parquet_metadata([${textList(files)}]) GROUP BY 1`,
  );
  return sizes
    .getRowsJson()
    .filter(([path]) => read.has(String(path).split(/[.,]/)[0]?.trim().toLowerCase() ?? ""))
    .reduce((sum, [, bytes]) => sum + Number(bytes), 0);
};

const run = async (order: QueryOrder): Promise<QueryReport> => {
  const { connection, selectType } = await openLockedDatabase(order);
  const statements = await connection.extractStatements(order.sql);
  const statement = await statements.prepare(0);
  if (order.isOneSelect && (statements.count !== 1 || statement.statementType !== selectType)) {
    throw new Error(`must be one SELECT, got ${statements.count} of type ${statement.statementType}`);
  }
  const { athenaType } = await import("./duckdb-values.ts");
  const result = statements.count === 1 ? await statement.stream() : await connection.run(order.sql);
  const columns = result.columnNames().map((name, at) => ({
    name: name.toLowerCase(),
    type: athenaType(result.columnType(at)),
  }));
  const { rows, bytes } = await writeResult(result, order.resultFile);
  const scanned = await parquetBytes(connection, order.sql, order.parquetFiles);
  return { kind: "done", columns, rows, bytes, parquetBytes: scanned };
};

process.once("message", (order: QueryOrder) => {
  void run(order)
    .catch(
      (error: unknown): QueryReport => ({
        kind: "failed",
        message: error instanceof Error ? error.message : String(error),
      }),
    )
    .then(report)
    .then(() => process.exit(0));
});
// A platform that dies takes its queries with it.
process.once("disconnect", () => process.exit(0));
