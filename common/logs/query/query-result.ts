import { csvCell, csvCellOrNumber } from "#common/csv/cell.ts";
import { answerRoom } from "./answer-room.ts";
import type { LakeEngine, ResultColumn } from "./lake-engine.ts";
import { RESULT_LIMITS } from "./limits.ts";
import { toInstant } from "./message-rows.ts";

export type QueryResult = { columns: ResultColumn[]; rows: unknown[][]; truncated: boolean };

const NUMBERS = ["tinyint", "smallint", "integer", "bigint", "float", "double", "real"];

/** A value as JSON has it. What no number of JSON holds exactly, and what is no scalar, stays the engine's text. */
const shownValue = (text: string | null, type: string): unknown => {
  if (text === null) return null;
  if (type === "boolean") return text === "true";
  if (type.startsWith("timestamp")) return toInstant(text);
  if (!NUMBERS.includes(type)) return text;
  const number = Number(text);
  const isExact = type === "float" || type === "double" || Number.isSafeInteger(number);
  return Number.isFinite(number) && isExact ? number : text;
};

/** The rows of an ended query, at most 10,000 and 4 MB of them. */
export const readResult = async (engine: LakeEngine, executionId: string): Promise<QueryResult> => {
  let columns: ResultColumn[] = [];
  const rows: unknown[][] = [];
  const room = answerRoom();
  let after: string | undefined;
  for (;;) {
    const page = await engine.rows(executionId, { limit: 1_000, ...(after === undefined ? {} : { after }) });
    if (after === undefined) columns = page.columns;
    for (const row of page.rows) {
      const values = row.map((text, at) => shownValue(text, columns[at]?.type ?? "varchar"));
      if (rows.length >= RESULT_LIMITS.rows || !room.takes(JSON.stringify(values)))
        return { columns, rows, truncated: true };
      rows.push(values);
    }
    after = page.next;
    if (after === undefined) return { columns, rows, truncated: false };
  }
};

const cellOf = (value: unknown): string =>
  value === null ? "" : typeof value === "number" ? csvCellOrNumber(String(value)) : csvCell(String(value));

/** The same as CSV (RFC 4180), with the columns' names first. */
export const resultAsCsv = ({ columns, rows }: QueryResult): string =>
  [columns.map(({ name }) => csvCell(name)), ...rows.map((row) => row.map(cellOf))]
    .map((cells) => `${cells.join(",")}\r\n`)
    .join("");
