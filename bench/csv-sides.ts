import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import { readPart } from "./csv-ours.ts";
import { checkedLine, duckdbCopy } from "./csv-rules.ts";

/**
 * Reads a file, checks its rows and writes the good ones as lines of JSON. Peers are imported by their sides alone: a
 * library of 60 MB in the process would count as memory of the others.
 */
export type Side = (from: string, to: string) => Promise<void>;

const ours: Side = async (from, to) => {
  await readPart(from, to, { start: 0, end: Number.POSITIVE_INFINITY });
};

/** What a library's rows come to: lines, written a few hundred at a time. */
const lineWriter = (to: string) => {
  const file = openSync(to, "w");
  let text = "";
  let lines = 0;
  const flush = () => {
    writeSync(file, text);
    text = "";
  };
  return {
    add: (record: { [column: string]: string }) => {
      const line = checkedLine(record);
      if (line === undefined) return;
      text += `${line}\n`;
      lines += 1;
      if (lines % 500 === 0) flush();
    },
    end: () => {
      flush();
      closeSync(file);
    },
  };
};

const csvParse: Side = async (from, to) => {
  const writer = lineWriter(to);
  const { parse } = await import("csv-parse");
  const parser = createReadStream(from).pipe(parse({ columns: true }));
  await new Promise<void>((done, failed) => {
    parser.on("data", writer.add);
    parser.on("end", done);
    parser.on("error", failed);
  });
  writer.end();
};

const papaparse: Side = async (from, to) => {
  const { default: Papa } = await import("papaparse");
  const writer = lineWriter(to);
  await new Promise<void>((done, failed) =>
    Papa.parse(createReadStream(from), {
      header: true,
      skipEmptyLines: true,
      step: ({ data }: { data: { [column: string]: string } }) => writer.add(data),
      complete: () => done(),
      error: failed,
    }),
  );
  writer.end();
};

const udsv: Side = async (from, to) => {
  const { inferSchema, initParser } = await import("udsv");
  const writer = lineWriter(to);
  type Parser = ReturnType<typeof initParser>;
  let parser: Parser | undefined;
  for await (const piece of createReadStream(from, { encoding: "utf8" })) {
    parser ??= initParser(inferSchema(piece as string, { trim: false }));
    parser.chunk(piece as string, parser.stringObjs, (row: { [column: string]: string }) => {
      writer.add(row);
    });
  }
  parser?.end();
  writer.end();
};

const duckdb =
  (threads: number): Side =>
  async (from, to) => {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(duckdbCopy(from, to));
    connection.closeSync();
  };

export const SIDES = {
  ours,
  "csv-parse": csvParse,
  papaparse,
  udsv,
  DuckDB: duckdb(1),
  "DuckDB on two threads": duckdb(2),
};
