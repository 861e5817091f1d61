import { AppError } from "#common/errors/app-error.ts";
import type { TraceMessage } from "#common/logs/trace/trace-message.schema.ts";
import { traceItemOf } from "#common/logs/trace/trace-message.ts";
import type { Failure, Message } from "#common/middleware/queue.ts";
import type { Item } from "#common/table/table.ts";

export type WriteTracesDeps = {
  /** Puts rows, each whole; answers those that the table does not have. */
  putRows: (items: readonly Item[]) => Promise<readonly Item[]>;
};

const nameOf = ({ pk, sk }: { pk: string; sk: string }): string => `${pk}\n${sk}`;

/**
 * Puts the rows of traces into the table; the same row twice is one. Answers the messages of which a row is not
 * there: a hot transaction has messages of its own, and they alone come back.
 */
export const makeWriteTraces =
  ({ putRows }: WriteTracesDeps) =>
  async (messages: Message<TraceMessage>[]): Promise<Failure[]> => {
    const missing = new Set(
      (await putRows(messages.flatMap(({ body }) => body.rows.map(traceItemOf)))).map(nameOf),
    );
    return messages.flatMap(({ messageId, body: { rows } }) => {
      const refused = rows.filter((row) => missing.has(nameOf(row))).length;
      if (refused === 0) return [];
      const internal = `the table refused ${refused} of ${rows.length} rows`;
      return [{ messageId, error: new AppError("DEPENDENCY_FAILED", { internal }) }];
    });
  };
