import type { DuckDBConnection } from "@duckdb/node-api";
import type { QueryOrder } from "./query-order.ts";

const loadDuckDb = async () => {
  try {
    return await import("@duckdb/node-api");
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new Error(
      `Queries of logs need DuckDB, and its part for ${process.platform}-${process.arch} is not installed: run npm ci on this machine, without leaving out optional or development packages (${reason}).`,
    );
  }
};

/** Texts as the elements of a list of DuckDB's. */
export const textList = (texts: readonly string[]): string =>
  texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ");

/** What may be read is fixed before the query is seen, and cannot be changed after that. */
const lock = async (connection: DuckDBConnection, directories: readonly string[]): Promise<void> => {
  await connection.run(`SET allowed_directories = [${textList(directories)}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
};

/** An empty database in memory, set up for Athena's dialect, that reads the order's folders alone. */
export const openLockedDatabase = async ({
  directories,
  setup,
  isLocked,
  threads,
  memoryMb,
}: Pick<QueryOrder, "directories" | "setup" | "isLocked" | "threads" | "memoryMb">) => {
  const { DuckDBInstance, StatementType } = await loadDuckDb();
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(threads),
    memory_limit: `${memoryMb}MB`,
    temp_directory: "",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    allow_unsigned_extensions: "false",
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run("SET default_null_order = 'nulls_last'");
  await connection.run("SET integer_division = true");
  await connection.run("SET preserve_insertion_order = false");
  for (const statement of setup) await connection.run(statement);
  if (isLocked) await lock(connection, directories);
  return { instance, connection, selectType: StatementType.SELECT };
};
