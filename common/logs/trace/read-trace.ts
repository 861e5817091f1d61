import { inParallel } from "#common/async/in-parallel.ts";
import { numberOf, queryPages, type Table } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";
import type { LogLine } from "../line.ts";
import { TRACE_MESSAGES_MAX } from "./assemble-trace.ts";
import { contentOfTraceRow, lineOfTraceObject, tracePartition } from "./trace-rows.ts";

export type ReadTraceDeps = {
  table: Pick<Table, "queryPage">;
  /** The object of the lake that a large message lies in. */
  getFile: (key: string) => Promise<Uint8Array>;
  now: Clock;
};

/** Far more than an answer takes, and less than the function's memory. */
const BYTES_MAX = 24_000_000;
const FILES_AT_ONCE = 16;

/** The messages of a transaction, oldest first; `isCut` when there are more than a trace shows. */
export const makeReadTrace =
  ({ table, getFile, now }: ReadTraceDeps) =>
  async (organizationID: string, transactionId: string): Promise<{ lines: LogLine[]; isCut: boolean }> => {
    const lines: LogLine[] = [];
    let bytes = 0;
    const pages = queryPages(table, { pk: tracePartition(organizationID, transactionId), consistent: true });
    for await (const page of pages) {
      // DynamoDB removes expired rows late.
      const rows = page.filter((row) => numberOf(row, "expiresAt") * 1_000 > now());
      const read = await inParallel(
        rows.slice(0, TRACE_MESSAGES_MAX - lines.length),
        FILES_AT_ONCE,
        async (row) => {
          if (bytes > BYTES_MAX) return undefined;
          const content = contentOfTraceRow(row);
          const line = "line" in content ? content.line : lineOfTraceObject(await getFile(content.key));
          bytes += JSON.stringify(line).length;
          return line;
        },
      );
      lines.push(...read.filter((line) => line !== undefined));
      if (bytes > BYTES_MAX || rows.length > read.length) return { lines, isCut: true };
    }
    return { lines, isCut: false };
  };
