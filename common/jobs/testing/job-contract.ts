import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { newId } from "#common/ids/uuid.ts";
import { jobKind, newJob } from "../job.ts";
import { type JobTable, jobsOf } from "../jobs.ts";
import { readOwnJob } from "../start-job.ts";

type Counting = { to: number };
type Counted = { at: number };
export const counting = jobKind<Counting, Counted, Counted>("test-counting");
const other = jobKind<Counting, Counted, Counted>("test-other");

/** What the jobs of a kind keep to in every table. Ids are new in each test, so that a table can be shared. */
export const describeJobs = (name: string, makeTable: () => Promise<JobTable>): void => {
  describe(`jobs ${name}`, () => {
    let table: JobTable;
    let jobId = "";
    beforeEach(async () => {
      table = await makeTable();
      jobId = newId();
    });
    const owner = { organizationId: "demo", userId: "alice" };
    const added = async () => {
      const jobs = jobsOf(table, counting);
      await jobs.add(newJob({ ...owner, jobId, request: { to: 3 } }, Date.UTC(2025, 0, 31)));
      return jobs;
    };

    it("are read as they were kept", async () => {
      const jobs = await added();

      expect(await jobs.read("demo", jobId)).toEqual({
        ...owner,
        jobId,
        request: { to: 3 },
        state: "running",
        createdAt: "2025-01-31T00:00:00.000Z",
        attempts: 0,
        holder: "",
        heldUntil: 0,
        version: 1,
      });
      expect(await jobs.read("demo", newId())).toBeUndefined();
      expect(await jobs.read("other", jobId)).toBeUndefined();
    });

    it("of another kind are as if they were not there", async () => {
      await added();

      expect(await jobsOf(table, other).read("demo", jobId)).toBeUndefined();
    });

    it("stay as they are when they are added once more", async () => {
      const jobs = await added();
      const found = await jobs.read("demo", jobId);
      if (found) await jobs.save({ ...found, checkpoint: { at: 2 } });

      await added();

      expect(await jobs.read("demo", jobId)).toMatchObject({ checkpoint: { at: 2 }, version: 2 });
    });

    it("are saved by one of two who read them at the same version", async () => {
      const jobs = await added();
      const found = await jobs.read("demo", jobId);
      if (!found) throw new Error("the job is not there");

      const first = await jobs.save({ ...found, holder: "one", checkpoint: { at: 1 } });
      const second = await jobs.save({ ...found, holder: "two", checkpoint: { at: 9 } });
      const repeated = await jobs.save({ ...found, holder: "one", checkpoint: { at: 1 } });

      expect(first).toMatchObject({ version: 2 });
      expect(second).toBeUndefined();
      // Its first try got through, and only its answer was lost.
      expect(repeated).toMatchObject({ version: 2 });
      expect(await jobs.read("demo", jobId)).toMatchObject({ holder: "one", checkpoint: { at: 1 } });
    });

    it("show to their user alone", async () => {
      const jobs = await added();

      expect(await readOwnJob(jobs, owner, jobId)).toMatchObject({ jobId });
      for (const [caller, id] of [
        [{ ...owner, userId: "bob" }, jobId],
        [{ ...owner, organizationId: "other" }, jobId],
        [owner, newId()],
        [owner, "x".repeat(3_000)],
      ] as const) {
        await expect(readOwnJob(jobs, caller, id)).rejects.toEqual(new AppError("NOT_FOUND"));
      }
    });
  });
};
