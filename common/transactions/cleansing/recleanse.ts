import { inBatches } from "#common/async/in-batches.ts";
import { inParallel } from "#common/async/in-parallel.ts";
import type { AskAll, Pause, Reply } from "#common/cleansing/vendor/ask-all.ts";
import type { Asked } from "#common/cleansing/vendor/ask-vendor.ts";
import { type JobOf, jobKind } from "#common/jobs/job.ts";
import type { JobWork } from "#common/jobs/work-on-job.ts";
import type { Table } from "#common/table/table.ts";
import type { Row, RulesAnswer } from "../rows/row.ts";
import { shownOf } from "../rows/shown.ts";
import type { ChangeRows } from "./change-rows.ts";
import { countShown, everyRow, type Place, type PlacedRow } from "./every-row.ts";
import { questionOf, withAnswer } from "./question.ts";

export type RecleansingRequest = { from?: string; vendor: boolean; dryRun: boolean };

/** Rows that are shown: all that there are, those that were looked at, and those that then show something else. */
export type RecleansingProgress = { rows: number; rowsDone: number; changed: number };

type Checkpoint = RecleansingProgress & { counted: boolean; place?: Place };

export const recleansingJob = jobKind<RecleansingRequest, Checkpoint, RecleansingProgress>(
  "transactions-recleansing",
);

export type RecleansingJob = JobOf<typeof recleansingJob>;

export type RecleanseDeps = {
  table: Pick<Table, "getMany" | "queryPage">;
  changeRows: ChangeRows;
  rulesOf: (row: Row) => RulesAnswer | undefined;
  /** Absent where no vendor is set: then the rules alone cleanse. */
  askAll?: AskAll;
  now: () => number;
  /** Called when the vendor has to be waited for: the job is worked on again after that. */
  onPause: (pause: Pause) => void;
};

/** One request to the vendor, and what one transaction takes of an account. */
const BATCH = 80;
const ACCOUNTS_AT_ONCE = 4;
const COUNT_BATCH = 1_000;

/** The row with what the rules say now of the description that it has. */
const ruledAnew = (row: Row, rulesOf: RecleanseDeps["rulesOf"]): Row => {
  const rules = rulesOf(row);
  if (rules !== undefined) return { ...row, rules };
  const { rules: _rules, ...rest } = row;
  return rest;
};

const isShown = ({ row, account }: PlacedRow): boolean => shownOf(row, account.night) !== undefined;

type AskedRow = PlacedRow & { asked: Asked };

/** Cleanses all rows of an organization again, batch by batch; goes on behind the last one that was done. */
export const makeRecleanse = (
  deps: RecleanseDeps,
): JobWork<RecleansingRequest, Checkpoint, RecleansingProgress> => {
  const { table, changeRows, rulesOf, askAll, now, onPause } = deps;

  const askAnew = async (
    { jobId, request: { vendor } }: RecleansingJob,
    batch: readonly PlacedRow[],
  ): Promise<{ replies: ReadonlyMap<Row, Reply & { asked: Asked }>; pause?: Pause }> => {
    if (!vendor || askAll === undefined) return { replies: new Map() };
    const open = batch.flatMap((one): AskedRow[] => {
      const asked = questionOf(one.row, one.account);
      return asked === undefined ? [] : [{ ...one, asked }];
    });
    const { replies, pause } = await askAll(
      open.map(({ asked }) => asked),
      jobId,
    );
    const byRow = new Map(
      open.flatMap(({ row, asked }, place) => {
        const reply = replies[place];
        return reply === undefined ? [] : [[row, { ...reply, asked }] as const];
      }),
    );
    return { replies: byRow, ...(pause === undefined ? {} : { pause }) };
  };

  /** Answers how many then show something else, or why the vendor has to be waited for: then nothing is written. */
  const cleanse = async (job: RecleansingJob, batch: readonly PlacedRow[]): Promise<number | Pause> => {
    const { replies, pause } = await askAnew(job, batch);
    if (pause !== undefined) return pause;
    const accounts = Map.groupBy(batch, ({ account }) => account.accountId);
    const changed = await inParallel([...accounts], ACCOUNTS_AT_ONCE, ([accountId, some]) => {
      const byId = new Map(some.map(({ row }) => [row.transactionId, replies.get(row)]));
      const named = { organizationId: job.organizationId, accountId, transactionIds: [...byId.keys()] };
      return changeRows(
        named,
        (row) => {
          const reply = byId.get(row.transactionId);
          const ruled = ruledAnew(row, rulesOf);
          return reply?.kind === "answered"
            ? withAnswer(ruled, reply.asked.description, reply.answer)
            : ruled;
        },
        job.request.dryRun,
      );
    });
    return changed.reduce((sum, one) => sum + one, 0);
  };

  type Control = Parameters<ReturnType<typeof makeRecleanse>["work"]>[1];

  /** How many rows there are; undefined when the time is up. */
  const count = async (job: RecleansingJob, control: Control): Promise<Checkpoint | undefined> => {
    const { organizationId, request, checkpoint } = job;
    const { from } = request;
    const none = { rowsDone: 0, changed: 0 };
    if (from === undefined) {
      return { ...none, rows: await countShown(table, organizationId), counted: true };
    }
    let { rows = 0, place } = checkpoint ?? {};
    const walk = everyRow(table, organizationId, { from, ...(place === undefined ? {} : { place }) });
    for await (const batch of inBatches(walk, COUNT_BATCH)) {
      rows += batch.filter(isShown).length;
      place = batch.at(-1)?.place;
      if (now() < control.until || place === undefined) continue;
      await control.checkpoint({ ...none, rows, counted: false, place });
      return undefined;
    }
    return { ...none, rows, counted: true };
  };

  return {
    kind: recleansingJob,

    work: async (job, control) => {
      const { organizationId, request } = job;
      let done = job.checkpoint?.counted ? job.checkpoint : undefined;
      if (done === undefined) {
        done = await count(job, control);
        if (done === undefined) return undefined;
        await control.checkpoint(done);
      }
      const { from } = request;
      const { place } = done;
      const walk = everyRow(table, organizationId, {
        ...(from === undefined ? {} : { from }),
        ...(place === undefined ? {} : { place }),
      });
      for await (const batch of inBatches(walk, BATCH)) {
        const changed = await cleanse(job, batch);
        if (typeof changed !== "number") {
          // A checkpoint, so that the attempt counts as one that came further: the vendor's recovery is waited for.
          await control.checkpoint(done);
          onPause(changed);
          return undefined;
        }
        const last = batch.at(-1)?.place;
        done = {
          ...done,
          // Rows may come while it runs, and progress never passes the end.
          rowsDone: Math.min(done.rows, done.rowsDone + batch.filter(isShown).length),
          changed: done.changed + changed,
          ...(last === undefined ? {} : { place: last }),
        };
        await control.checkpoint(done);
        if (now() >= control.until) return undefined;
      }
      return { rows: done.rows, rowsDone: done.rows, changed: done.changed };
    },

    clear: async () => {},
  };
};
