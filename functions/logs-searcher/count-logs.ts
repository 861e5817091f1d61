import { AppError } from "#common/errors/app-error.ts";
import { composeRelations } from "#common/logs/query/compose.ts";
import { conditionOf, type LogFilters } from "#common/logs/query/filters.ts";
import type { LakeEngine } from "#common/logs/query/lake-engine.ts";
import type { TimeRange } from "#common/logs/query/relations.ts";
import { runWhileWaiting } from "#common/logs/query/run-query.ts";
import type { LogType } from "#common/logs/types.ts";
import type { SearchDeps } from "./search-logs.ts";

export type StatsGroup = "hour" | "day" | "logType" | "server" | "success";
export type Count = { key: string; count: number };

export type CountRequest = {
  organizationId: string;
  logTypes: readonly LogType[];
  range: TimeRange;
  filters: LogFilters;
  groupBy: readonly StatsGroup[];
};

const COUNTING_MS = 20_000;
/** Groups whose sums are made here: more than an answer could show. */
const GROUPS_MAX = 50_000;

const two = (text: string): string => text.padStart(2, "0");

/** The columns behind each grouping, and the key that their values make. */
const GROUPS: Readonly<
  Record<StatsGroup, { columns: readonly string[]; keyOf: (values: readonly (string | null)[]) => string }>
> = {
  hour: {
    columns: ["year", "month", "day", "hour"],
    keyOf: ([year, month, day, hour]) =>
      `${year}-${two(month ?? "")}-${two(day ?? "")}T${two(hour ?? "")}:00:00.000Z`,
  },
  day: {
    columns: ["year", "month", "day"],
    keyOf: ([year, month, day]) => `${year}-${two(month ?? "")}-${two(day ?? "")}`,
  },
  logType: { columns: ["logtype"], keyOf: ([logType]) => logType ?? "" },
  server: { columns: ["server"], keyOf: ([server]) => server ?? "" },
  success: { columns: ["success"], keyOf: ([success]) => success ?? "" },
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const inOrder = (group: StatsGroup, counts: readonly Count[]): Count[] =>
  counts.toSorted((a, b) =>
    group === "hour" || group === "day" ? compare(a.key, b.key) : b.count - a.count || compare(a.key, b.key),
  );

/** Counts messages by each of the groupings, from one query. Throws `TOO_MUCH_TO_COUNT` after 20 seconds. */
export const countLogs = async (
  deps: SearchDeps,
  engine: LakeEngine,
  { organizationId, logTypes, range, filters, groupBy }: CountRequest,
): Promise<{ counts: Map<StatsGroup, Count[]>; scannedBytes: number }> => {
  const columns = [...new Set(groupBy.flatMap((group) => GROUPS[group].columns))];
  const conditions = logTypes.map((logType) => ({ logType, ...conditionOf(logType, filters) }));
  const shown = (logType: LogType): string =>
    columns
      .map((name) => (name === "server" && logType === "events" ? "'' AS server" : `"${name}"`))
      .join(", ");
  const compose = async () => {
    const relations = await composeRelations(deps, organizationId, logTypes, range);
    const all = conditions.map(
      ({ logType, sql }) => `SELECT ${shown(logType)} FROM "${logType}" WHERE ${sql}`,
    );
    const names = columns.map((name) => `"${name}"`).join(", ");
    return {
      sql: `WITH ${relations} SELECT ${names}, count(*) AS n FROM (${all.join(" UNION ALL ")}) GROUP BY ${names} LIMIT ${GROUPS_MAX + 1}`,
      parameters: conditions.flatMap(({ parameters }) => parameters),
    };
  };
  const ran = await runWhileWaiting({
    engine,
    compose,
    limits: deps.limits,
    until: deps.now() + COUNTING_MS,
    now: deps.now,
  }).catch((error: unknown) => {
    throw error instanceof AppError && error.code === "QUERY_TOO_LARGE"
      ? new AppError("TOO_MUCH_TO_COUNT")
      : error;
  });
  if (ran.executionId === undefined) throw new AppError("TOO_MUCH_TO_COUNT");

  const sums = new Map(groupBy.map((group) => [group, new Map<string, number>()]));
  let seen = 0;
  let after: string | undefined;
  do {
    const page = await engine.rows(ran.executionId, {
      limit: 1_000,
      ...(after === undefined ? {} : { after }),
    });
    seen += page.rows.length;
    if (seen > GROUPS_MAX) throw new AppError("TOO_MUCH_TO_COUNT", { internal: `over ${GROUPS_MAX} groups` });
    for (const row of page.rows) {
      const count = Number(row[columns.length] ?? 0);
      for (const [group, counts] of sums) {
        const key = GROUPS[group].keyOf(
          GROUPS[group].columns.map((name) => row[columns.indexOf(name)] ?? null),
        );
        counts.set(key, (counts.get(key) ?? 0) + count);
      }
    }
    after = page.next;
  } while (after !== undefined);
  const counts = new Map(
    [...sums].map(([group, of]) => [
      group,
      inOrder(
        group,
        Array.from(of, ([key, count]) => ({ key, count })),
      ),
    ]),
  );
  return { counts, scannedBytes: ran.scannedBytes };
};
