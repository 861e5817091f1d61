import type { Member } from "#common/auth/caller.ts";
import { type exportJob, exportKey } from "#common/events/export/export-request.ts";
import { exportedEvents } from "#common/events/export/exported-events.ts";
import { type ExportFormat, FORMATS, fileNameOf } from "#common/events/export/formats.ts";
import type { EventQuery } from "#common/events/read/event-query.ts";
import { type Answer, ok, RawJson } from "#common/http/answers.ts";
import { JOB_RETRY_AFTER_SECONDS, type JobOf } from "#common/jobs/job.ts";
import type { JobsOf } from "#common/jobs/jobs.ts";
import { makeStartJob, readOwnJob, type SendJob } from "#common/jobs/start-job.ts";
import { OutOfTime, readUntil } from "#common/table/deadline.ts";
import type { Table } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";

type ExportJob = JobOf<typeof exportJob>;

export type ExportEventsDeps = {
  store: Pick<Table, "get" | "getMany" | "queryPage">;
  jobs: JobsOf<typeof exportJob>;
  send: SendJob;
  /** A link to the file under this key, good for so many seconds. */
  link: (key: string, seconds: number) => Promise<string>;
  now: Clock;
  /** What an answer may have at most, and how long looking for it may take. */
  bytesMax?: number;
  milliseconds?: number;
};

export type ExportAnswer = {
  id: string;
  status: ExportJob["state"];
  url: string | null;
  expiresAt: string | null;
  rows: number | null;
  reason?: string;
};

const BYTES_MAX = 4_000_000;

/**
 * An answer leaves Lambda as JSON, of at most 6 MB: the quotes and backslashes of NDJSON double in it.
 */
const ESCAPED_BYTES_MAX = 5_900_000;
const MILLISECONDS = 20_000;
const LINK_SECONDS = 15 * 60;

const RETRY_AFTER = { "retry-after": String(JOB_RETRY_AFTER_SECONDS) };

const escapedBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text));

export const makeExportEvents = (deps: ExportEventsDeps) => {
  const { store, jobs, send, link, now, bytesMax = BYTES_MAX, milliseconds = MILLISECONDS } = deps;
  const startJob = makeStartJob({ jobs, send, now });

  /** All rows as one text; undefined when they are too many for an answer. */
  const rowsAtOnce = async (query: EventQuery, name: ExportFormat): Promise<string | undefined> => {
    const format = FORMATS[name];
    const limited = readUntil(store, now() + milliseconds, now);
    const rows = [format.head];
    let bytes = Buffer.byteLength(format.head);
    let escaped = escapedBytes(format.head);
    try {
      for await (const events of exportedEvents(limited, query, format)) {
        const text = events.map(format.row).join("");
        bytes += Buffer.byteLength(text);
        escaped += escapedBytes(text);
        if (bytes > bytesMax || escaped > ESCAPED_BYTES_MAX) return undefined;
        rows.push(text);
      }
    } catch (error) {
      if (error instanceof OutOfTime) return undefined;
      throw error;
    }
    return rows.join("");
  };

  const answerOf = async (job: ExportJob): Promise<ExportAnswer> => {
    const { jobId, organizationId, state, request, checkpoint, result, reason } = job;
    const answer = { id: jobId, status: state, url: null, expiresAt: null, rows: null };
    if (state === "failed") return { ...answer, reason: reason ?? "" };
    if (!result) return { ...answer, rows: checkpoint?.rows ?? 0 };
    const key = exportKey(organizationId, jobId, request.format);
    const expiresAt = new Date(now() + LINK_SECONDS * 1000).toISOString();
    return { ...answer, url: await link(key, LINK_SECONDS), expiresAt, rows: result.rows };
  };

  return {
    /** The rows, or a job that makes a file of them. */
    export: async (
      query: EventQuery,
      format: ExportFormat,
      caller: Member,
      attempt: { id: string; time: string },
    ): Promise<Answer> => {
      const { organizationId, userId } = caller;
      const text = await rowsAtOnce(query, format);
      if (text !== undefined) {
        const fileName = fileNameOf(organizationId, format, attempt.time);
        const headers = {
          "content-type": FORMATS[format].contentType,
          "content-disposition": `attachment; filename="${fileName}"`,
          "x-content-type-options": "nosniff",
        };
        return { status: 200, body: new RawJson(text), headers };
      }
      const job = await startJob({
        jobId: attempt.id,
        organizationId,
        userId,
        request: { query, format },
      });
      const location = `/events/exports/${job.jobId}`;
      return { status: 202, body: await answerOf(job), headers: { location, ...RETRY_AFTER } };
    },

    /** How far an export of the caller's is. */
    status: async (caller: Member, jobId: string): Promise<Answer> => {
      const job = await readOwnJob(jobs, caller, jobId);
      return { ...ok(await answerOf(job)), ...(job.state === "running" ? { headers: RETRY_AFTER } : {}) };
    },
  };
};
