import type { ExportFiles } from "#common/files/multipart-files.ts";
import type { Job } from "#common/jobs/job.ts";
import type { Control, JobWork } from "#common/jobs/work-on-job.ts";
import type { Json } from "#common/json/json.ts";
import { OutOfTime, untilTime } from "#common/table/deadline.ts";
import type { Table } from "#common/table/table.ts";
import type { Position } from "../read/event-query.ts";
import { exportKey, exportRequestOf, toJson } from "./export-request.ts";
import { exportedEvents } from "./exported-events.ts";
import { FORMATS, fileNameOf } from "./formats.ts";

export type ExportToFileDeps = {
  store: Pick<Table, "get" | "getMany" | "queryPage">;
  files: ExportFiles;
  now: () => number;
  /** Bytes of a part; S3 wants 5 MiB at least of all but the last. */
  partBytes?: number;
};

/** Parts that are in the file already, and where to go on. */
type Checkpoint = {
  uploadId: string;
  tags: string[];
  rows: number;
  after?: Position;
  /** All parts are there; only the putting together is left. */
  whole?: true;
};

const PART_BYTES = 8 * 1_048_576;

/** S3's own limit: 80 GB of events. */
const PARTS_MAX = 10_000;

const checkpointOf = (job: Job): Checkpoint | undefined =>
  job.checkpoint as unknown as Checkpoint | undefined;

/**
 * Writes the events of an export to a file, part by part: one part is in memory, and one on its way. A part
 * ends with a whole row, and each that is in the file is a checkpoint, so that the next attempt goes on
 * behind its last row and puts a part that was lost half-way once more under the same number.
 */
export const makeExportToFile = ({
  store,
  files,
  now,
  partBytes = PART_BYTES,
}: ExportToFileDeps): JobWork => {
  const begin = async (job: Job, key: string): Promise<Checkpoint> => {
    const { format } = exportRequestOf(job.request);
    const { contentType } = FORMATS[format];
    const fileName = fileNameOf(job.organizationId, format, job.createdAt);
    return { uploadId: await files.begin(key, { contentType, fileName }), tags: [], rows: 0 };
  };

  const writeParts = async (
    job: Job,
    key: string,
    start: Checkpoint,
    control: Control,
  ): Promise<Checkpoint> => {
    const { query, format: name } = exportRequestOf(job.request);
    const format = FORMATS[name];
    let done = start;
    let texts = start.tags.length === 0 ? [format.head] : [];
    let bytes = Buffer.byteLength(texts.join(""));
    let rows = start.rows;
    let after = start.after;
    let onItsWay: Promise<void> = Promise.resolve();

    const put = (whole: boolean): void => {
      const body = Buffer.from(texts.join(""));
      const number = done.tags.length + 1;
      const state = { rows, ...(after ? { after } : {}), ...(whole ? { whole } : {}) };
      texts = [];
      bytes = 0;
      onItsWay = (async () => {
        if (number > PARTS_MAX) throw new Error(`more than ${PARTS_MAX} parts`);
        const tag = await files.putPart(key, done.uploadId, number, body);
        done = { ...done, ...state, tags: [...done.tags, tag] };
        await control.checkpoint(toJson(done));
      })();
      // Awaited before the next part and at the end; until then nobody's.
      onItsWay.catch(() => {});
    };

    const limited = untilTime(store, control.until, now);
    try {
      for await (const events of exportedEvents(limited, query, { provable: format.provable, after })) {
        const text = events.map(format.row).join("");
        texts.push(text);
        bytes += Buffer.byteLength(text);
        rows += events.length;
        const last = events.at(-1);
        if (last) after = { date: last.date, eventId: last.eventId };
        if (bytes < partBytes) continue;
        await onItsWay;
        put(false);
      }
    } catch (error) {
      // What went wrong with the part comes first; the part itself is a checkpoint either way.
      await onItsWay;
      throw error;
    }
    await onItsWay;
    put(true);
    await onItsWay;
    return done;
  };

  return {
    work: async (job, control): Promise<Json | undefined> => {
      const key = exportKey(job.organizationId, job.jobId, exportRequestOf(job.request).format);
      let done = checkpointOf(job);
      if (!done) {
        done = await begin(job, key);
        await control.checkpoint(toJson(done));
      }
      if (!done.whole) {
        try {
          done = await writeParts(job, key, done, control);
        } catch (error) {
          // The checkpoint says how far it came; without a new one this attempt counts as one that failed.
          if (error instanceof OutOfTime) return undefined;
          throw error;
        }
      }
      await files.finish(key, done.uploadId, done.tags);
      return { rows: done.rows };
    },

    clear: async (job) => {
      const done = checkpointOf(job);
      if (!done) return;
      const { format } = exportRequestOf(job.request);
      await files.abort(exportKey(job.organizationId, job.jobId, format), done.uploadId);
    },
  };
};
