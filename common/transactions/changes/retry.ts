import { AppError } from "#common/errors/app-error.ts";
import type { ChangeTable, Plan } from "./plan.ts";

/** Waits before another try, in milliseconds. */
export type Sleep = (ms: number) => Promise<void>;

/** A file that loads into the account takes many short turns; a person's change waits for one between two of them. */
const TRIES_MAX = 8;
const WAIT_MS = 15;

export const wait: Sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Records a change before it is written: none stands that is not recorded. A try that loses against another
 * writer is recorded, too.
 */
export type RecordChange = (tryNumber: number) => Promise<void>;

/** Plans and writes until no other writer changed the account in between; throws `ACCOUNT_IN_CHANGE` if that never happens. */
export const untilWritten = async <P extends Pick<Plan, "writes">>(
  table: Pick<ChangeTable, "transact">,
  sleep: Sleep,
  plan: () => Promise<P>,
  record: RecordChange = async () => {},
): Promise<P> => {
  for (let tryNumber = 0; tryNumber < TRIES_MAX; tryNumber += 1) {
    if (tryNumber > 0) await sleep(WAIT_MS * 2 ** tryNumber * Math.random());
    const planned = await plan();
    if (planned.writes.length === 0) return planned;
    await record(tryNumber);
    const { done } = await table.transact(planned.writes);
    if (done) return planned;
  }
  throw new AppError("ACCOUNT_IN_CHANGE", { retryAfterSeconds: 1 });
};
