import type { QueryMessage } from "#common/logs/query/query-message.schema.ts";
import { type WatchDeps, watchQuery } from "#common/logs/query/watch-query.ts";
import type { Failure, Message } from "#common/middleware/queue.ts";

export type WatchQueriesDeps = WatchDeps & {
  /** Sends the message again, to be looked at in some seconds. */
  again: (message: QueryMessage) => Promise<void>;
};

/**
 * Looks at each query once. One that still runs is sent anew with a delay, because waiting is no failed try; the
 * message is acknowledged after that.
 */
export const makeWatchQueries =
  (deps: WatchQueriesDeps) =>
  async (messages: Message<QueryMessage>[]): Promise<Failure[]> => {
    const failures = await Promise.all(
      messages.map(async ({ messageId, body }): Promise<Failure[]> => {
        try {
          const query = await deps.queries.find(body.organizationId, body.queryId);
          if (!query || query.ended !== undefined) return [];
          const { query: watched } = await watchQuery(deps, query);
          if (watched.ended === undefined) await deps.again(body);
          return [];
        } catch (error) {
          return [{ messageId, error }];
        }
      }),
    );
    return failures.flat();
  };
