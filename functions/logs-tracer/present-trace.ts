import type { Member } from "#common/auth/caller.ts";
import { mayCall } from "#common/auth/roles.ts";
import { AppError } from "#common/errors/app-error.ts";
import { RawJson } from "#common/http/answers.ts";
import { isTransactionId } from "#common/ids/transaction-id.ts";
import type { LogLine } from "#common/logs/line.ts";
import { assembleTrace } from "#common/logs/trace/assemble-trace.ts";
import { countFitting } from "#common/paging/answer-size.ts";
import type { Clock } from "#common/time/clock.ts";

export type PresentTraceDeps = {
  /** The messages of a transaction; `isCut` when there are more than a trace shows. */
  readTrace: (
    organizationId: string,
    transactionId: string,
  ) => Promise<{ lines: readonly LogLine[]; isCut: boolean }>;
  now: Clock;
};

/** A trace as it is answered, and the customers whose stored events it shows. */
export type PresentedTrace = { body: RawJson; customers: string[] };

/** The JSON text of a trace with as many of its events as an answer takes. */
const toJson = (trace: ReturnType<typeof assembleTrace>): string => {
  const { transactionId, complete, events, servers, missing } = trace;
  const texts = events.map((event) => JSON.stringify(event));
  const rest = JSON.stringify({ servers, missing }).slice(1);
  const count = Math.max(0, countFitting([rest, ...texts]) - 1);
  const head = JSON.stringify({ transactionId, complete: complete && count === texts.length }).slice(0, -1);
  return `${head},"events":[${texts.slice(0, count).join()}],${rest}`;
};

/**
 * The caller's view of a transaction; `NOT_FOUND` for one that no server of the organization named, and for one of
 * which there is nothing but stored events that the caller may not read.
 */
export const makePresentTrace =
  ({ readTrace, now }: PresentTraceDeps) =>
  async (
    { organizationId, roles }: Member & { roles: readonly string[] },
    transactionId: string,
  ): Promise<PresentedTrace> => {
    const found = isTransactionId(transactionId)
      ? await readTrace(organizationId, transactionId)
      : { lines: [], isCut: false };
    const mayReadEvents = mayCall(roles, "events.read");
    const lines = found.lines.filter(({ logType }) => mayReadEvents || logType !== "events");
    if (lines.length === 0) throw new AppError("NOT_FOUND");
    const trace = assembleTrace(transactionId, { lines, isCut: found.isCut }, now());
    const customers = lines.flatMap((line) => (line.logType === "events" ? line.customerId : []));
    return { body: new RawJson(toJson(trace)), customers: [...new Set(customers)] };
  };
