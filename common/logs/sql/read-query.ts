import { QueryStatementContext } from "dt-sql-parser/dist/lib/trino/TrinoSqlParser.js";
import { parseSql, SqlFault, textOf } from "./parse-sql.ts";
import { translate } from "./to-duckdb.ts";

/** A caller's query, taken apart so that relations can stand before its own CTEs. */
export type ReadQuery = {
  /** The relations that it names, each once. */
  relations: string[];
  /** Its own CTEs, as they stand between WITH and SELECT; empty if there is none. */
  ctes: string;
  /** Everything from its SELECT on. */
  select: string;
};

export type ReadQueryOptions = {
  /** The relations that this caller may name. */
  relations: ReadonlySet<string>;
  /** Names that no CTE may have: whatever stands in the catalog. */
  reserved: ReadonlySet<string>;
  /** How many `?` it must have. */
  parameters?: number;
};

/**
 * Reads a query of a caller: one SELECT of known parts, over the relations and its own CTEs alone. Throws
 * `SqlFault` for any other, and for whatever could mean something else in DuckDB than in Athena.
 */
export const readQuery = (
  sql: string,
  { relations, reserved, parameters = 0 }: ReadQueryOptions,
): ReadQuery => {
  const tree = parseSql(sql);
  const used = new Set<string>();
  try {
    translate(tree, {
      parameters: Array.from({ length: parameters }, () => "NULL"),
      checkName: (name) => {
        if (reserved.has(name)) throw new SqlFault(`WITH may not take the name of a relation: ${name}`);
      },
      table: ({ path }) => {
        const [name = ""] = path;
        if (path.length !== 1 || !relations.has(name)) {
          throw new SqlFault(`there is no relation ${path.join(".").slice(0, 100)}`, "relation");
        }
        used.add(name);
        return name;
      },
    });
  } catch (error) {
    if (error instanceof RangeError) throw new SqlFault("nests too deeply");
    throw error;
  }
  const statement = tree.query();
  if (!(statement instanceof QueryStatementContext)) throw new SqlFault("must be one SELECT");
  const ctes = statement.with()?.namedQuery() ?? [];
  return {
    relations: [...used],
    ctes: ctes.map(textOf).join(", "),
    select: textOf(statement.queryNoWith()),
  };
};
