import type { LakeTable } from "#common/logs/lake-tables.ts";
import { SqlFault } from "#common/logs/sql/parse-sql.ts";
import { translateSql } from "#common/logs/sql/to-duckdb.ts";
import { planScan, type Scan } from "./scan.ts";

export type PlanOptions = {
  /** Tables by their lower-case names. */
  tables: ReadonlyMap<string, LakeTable>;
  database: string;
  /** The folder that shows the lake's objects. */
  root: string;
  parameters: readonly string[];
};

export type PlannedQuery = { sql: string; scans: { table: LakeTable; scan: Scan }[] };

/** The names that fields have in JSON, where they are not all lower case. */
const fieldNames = (table: LakeTable) => {
  const names = new Map(table.fields.map((field) => [field.toLowerCase(), field]));
  return (column: string): string => names.get(column) ?? column;
};

const LITERAL =
  /^(?:'(?:[^']|'')*'|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|(?:timestamp|date) '[0-9 :.-]+')$/i;

const checkParameter = (text: string): string => {
  if (LITERAL.test(text)) return text;
  throw new SqlFault(`an execution parameter must be a literal, got ${text.slice(0, 50)}`);
};

/** A statement of Athena's as DuckDB runs it, and the files that it reads. */
export const planQuery = (
  statement: string,
  { tables, database, root, parameters }: PlanOptions,
): PlannedQuery => {
  const scans: PlannedQuery["scans"] = [];
  const sql = translateSql(statement, {
    parameters: parameters.map(checkParameter),
    table: ({ path, within }) => {
      const name = path.at(-1) ?? "";
      const schema = path.length > 1 ? path.at(-2) : database;
      const catalog = path.length > 2 ? path.at(-3) : "awsdatacatalog";
      const table = schema === database && catalog === "awsdatacatalog" ? tables.get(name) : undefined;
      if (!table) throw new SqlFault(`TABLE_NOT_FOUND: Table '${path.join(".")}' does not exist`, "relation");
      const scan = planScan(table, root, within?.whereClause()?.booleanExpression(), fieldNames(table));
      scans.push({ table, scan });
      return scan.sql;
    },
  });
  return { sql, scans };
};
