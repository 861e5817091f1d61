import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { LAKE_TABLES } from "#common/logs/lake-tables.ts";
import { consoleQueries } from "#common/logs/query/console-queries.ts";
import { LOG_TYPES } from "#common/logs/types.ts";

/** What Terraform reads of the lake's tables and named queries. */
export const LAKE_TABLES_FILE = "functions/lake-tables.json";

/** `functions/lake-tables.json`, as the types of logs and the named queries have it. */
export const lakeTablesText = (): string => {
  const tables = Object.fromEntries(
    LAKE_TABLES.map(({ name, logType, form, template, columns, partitions }) => [
      name,
      { description: LOG_TYPES[logType].description, form, template, columns, partitions },
    ]),
  );
  return `${JSON.stringify({ tables, namedQueries: consoleQueries() }, null, 2)}\n`;
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = lakeTablesText();
  if (readFileSync(LAKE_TABLES_FILE, "utf8") !== text) writeFileSync(LAKE_TABLES_FILE, text);
  console.log(`${LAKE_TABLES_FILE} holds ${LAKE_TABLES.length} tables.`);
}
