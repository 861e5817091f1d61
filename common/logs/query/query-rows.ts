import { type Item, type Key, numberOf, optionalTextOf, type Table, textOf } from "#common/table/table.ts";

/** A query that was asked for. It belongs to the user who asked. */
export type AskedQuery = {
  organizationId: string;
  queryId: string;
  userId: string;
  readsEvents: boolean;
  /** The caller's statement, or the named query's. */
  sql: string;
  /** Literals for its `?`. */
  parameters: readonly string[];
  from: number;
  to: number;
  wide: boolean;
  createdAt: string;
  /** The engine's id; another one after an object was gone and it was started again. */
  executionId: string;
  starts: number;
  /** Cancelled by its user, or cut off: then `error` says why. */
  ended?: "cancelled" | "failed" | "succeeded";
  error?: string;
  version: number;
};

/** As long as the engine keeps its results. */
const KEPT_SECONDS = 48 * 3_600;

const key = (organizationId: string, queryId: string): Key => ({
  pk: `${organizationId}#query#${queryId}`,
  sk: "query",
});

const toItem = (query: AskedQuery): Item => ({
  ...key(query.organizationId, query.queryId),
  organizationId: query.organizationId,
  queryId: query.queryId,
  userId: query.userId,
  readsEvents: query.readsEvents ? 1 : 0,
  sql: query.sql,
  parameters: JSON.stringify(query.parameters),
  from: query.from,
  to: query.to,
  wide: query.wide ? 1 : 0,
  createdAt: query.createdAt,
  executionId: query.executionId,
  starts: query.starts,
  ...(query.ended === undefined ? {} : { ended: query.ended }),
  ...(query.error === undefined ? {} : { error: query.error }),
  version: query.version,
  expiresAt: Math.floor(Date.parse(query.createdAt) / 1_000) + KEPT_SECONDS,
});

const fromItem = (item: Item): AskedQuery => {
  const ended = optionalTextOf(item, "ended");
  const error = optionalTextOf(item, "error");
  return {
    organizationId: textOf(item, "organizationId"),
    queryId: textOf(item, "queryId"),
    userId: textOf(item, "userId"),
    readsEvents: numberOf(item, "readsEvents") === 1,
    sql: textOf(item, "sql"),
    parameters: JSON.parse(textOf(item, "parameters")),
    from: numberOf(item, "from"),
    to: numberOf(item, "to"),
    wide: numberOf(item, "wide") === 1,
    createdAt: textOf(item, "createdAt"),
    executionId: textOf(item, "executionId"),
    starts: numberOf(item, "starts"),
    ...(ended === "cancelled" || ended === "failed" || ended === "succeeded" ? { ended } : {}),
    ...(error === undefined ? {} : { error }),
    version: numberOf(item, "version"),
  };
};

/** Queries in the table `logs`: `o#query#<id>`. */
export const askedQueries = (table: Pick<Table, "get" | "putIfVersion">, now: () => number = Date.now) => ({
  find: async (organizationId: string, queryId: string): Promise<AskedQuery | undefined> => {
    const item = await table.get(key(organizationId, queryId), { consistent: true });
    if (!item) return undefined;
    // A row that is over its time may still stand there for days.
    return numberOf(item, "expiresAt") > now() / 1_000 ? fromItem(item) : undefined;
  },
  /** False if another stands under the id. */
  add: async (query: AskedQuery): Promise<boolean> => (await table.putIfVersion(toItem(query), 0)).done,
  /** Changes what stands there; undefined if the change does not apply any more. */
  change: async (
    { organizationId, queryId }: Pick<AskedQuery, "organizationId" | "queryId">,
    change: (query: AskedQuery) => AskedQuery | undefined,
  ): Promise<AskedQuery | undefined> => {
    let item = await table.get(key(organizationId, queryId), { consistent: true });
    for (;;) {
      if (!item) return undefined;
      const present = fromItem(item);
      const next = change(present);
      if (!next) return undefined;
      const result = await table.putIfVersion(
        toItem({ ...next, version: present.version + 1 }),
        present.version,
      );
      if (result.done) return { ...next, version: present.version + 1 };
      item = result.present;
    }
  },
});
export type AskedQueries = ReturnType<typeof askedQueries>;
