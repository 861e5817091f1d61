import type * as trino from "dt-sql-parser/dist/lib/trino/TrinoSqlParser.js";
import { SqlFault, textOf } from "./parse-sql.ts";

const WHOLE = ["tinyint", "smallint", "integer", "int", "bigint"];
const DIRECT: Readonly<Record<string, string>> = { real: "FLOAT", boolean: "BOOLEAN", date: "DATE" };

/** A type's words without their blanks: `decimal(10,2)`. */
const wordsOf = (type: trino.TypeContext): string => textOf(type).toLowerCase().replaceAll(" ", "");

/** The type in DuckDB; undefined for one that is not known. */
const plainType = (words: string): string | undefined => {
  if (words === "double" || words === "doubleprecision") return "DOUBLE";
  if (/^timestamp(\([0-9]\))?$/.test(words)) return "TIMESTAMP";
  return /^decimal\([0-9]{1,2}(,[0-9]{1,2})?\)$/.test(words) ? words : DIRECT[words];
};

/** A cast as DuckDB writes it, with Athena's meaning; TRY_CAST answers null where it fails. */
export const castTo = (node: trino.CastContext, value: string): string => {
  const words = wordsOf(node.type());
  const tries = node.KW_TRY_CAST() !== null;
  if (WHOLE.includes(words)) {
    return tries
      ? `TRY_CAST(athena_try_whole(${value}) AS ${words})`
      : `CAST(athena_whole(${value}) AS ${words})`;
  }
  if (words === "varchar") return `athena_text(${value})`;
  if (words === "json") return `to_json(${value})`;
  const plain = plainType(words);
  if (plain === undefined) throw new SqlFault(`a cast to ${words.slice(0, 50)} is not known here`);
  return `${tries ? "TRY_CAST" : "CAST"}(${value} AS ${plain})`;
};

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?)( UTC)?$/;

/** `DATE '2026-01-31'`, `TIMESTAMP '2026-01-31 12:00:00'`, in UTC. */
export const typedLiteral = (node: trino.TypeConstructorContext): string => {
  const type = node.identifier()?.getText().toLowerCase();
  const text = node.string().getText().slice(1, -1);
  const time = TIME.exec(text);
  if (type === "date" && DAY.test(text)) return `DATE '${text}'`;
  if (type === "timestamp" && time) return time[2] ? `TIMESTAMPTZ '${time[1]}+00'` : `TIMESTAMP '${time[1]}'`;
  throw new SqlFault(`is not a known literal: ${textOf(node).slice(0, 80)}`);
};
