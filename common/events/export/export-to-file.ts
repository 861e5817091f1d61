import type { MultipartFiles } from "#common/files/multipart-files.ts";
import { type PartsWritten, type RowsBatch, writeInParts } from "#common/files/write-in-parts.ts";
import type { Job } from "#common/jobs/job.ts";
import type { Control, JobWork } from "#common/jobs/work-on-job.ts";
import { OutOfTime, readUntil } from "#common/table/deadline.ts";
import type { Table } from "#common/table/table.ts";
import type { Position } from "../read/event-query.ts";
import { type ExportRequest, type ExportResult, exportJob, exportKey } from "./export-request.ts";
import { type ExportStore, exportedEvents } from "./exported-events.ts";
import { FORMATS, fileNameOf } from "./formats.ts";

export type ExportToFileDeps = {
  store: Pick<Table, "get" | "getMany" | "queryPage">;
  files: MultipartFiles;
  now: () => number;
  /** Bytes of a part; S3 wants 5 MiB at least of all but the last. */
  partBytes?: number;
};

type Checkpoint = PartsWritten<Position>;
type ExportJob = Job<ExportRequest, Checkpoint, ExportResult>;

const keyOf = ({ organizationId, jobId, request }: ExportJob): string =>
  exportKey(organizationId, jobId, request.format);

async function* rowsOf(
  store: ExportStore,
  { query, format: name }: ExportRequest,
  after: Position | undefined,
): AsyncGenerator<RowsBatch<Position>> {
  const format = FORMATS[name];
  for await (const events of exportedEvents(store, query, { provable: format.provable, after })) {
    const last = events.at(-1);
    if (!last) continue;
    const position = { date: last.date, eventId: last.eventId };
    yield { text: events.map(format.row).join(""), rows: events.length, after: position };
  }
}

/** Writes the events of an export to a file, part by part, in as many invocations as it takes. */
export const makeExportToFile = ({
  store,
  files,
  now,
  partBytes,
}: ExportToFileDeps): JobWork<ExportRequest, Checkpoint, ExportResult> => {
  const begin = async (job: ExportJob): Promise<Checkpoint> => {
    const { contentType } = FORMATS[job.request.format];
    const fileName = fileNameOf(job.organizationId, job.request.format, job.createdAt);
    return { uploadId: await files.begin(keyOf(job), { contentType, fileName }), parts: [], rows: 0 };
  };

  const writeRest = (job: ExportJob, start: Checkpoint, control: Control<Checkpoint>) =>
    writeInParts({
      files,
      key: keyOf(job),
      start,
      head: FORMATS[job.request.format].head,
      batches: rowsOf(readUntil(store, control.until, now), job.request, start.after),
      checkpoint: control.checkpoint,
      ...(partBytes === undefined ? {} : { partBytes }),
    });

  return {
    kind: exportJob,

    work: async (job, control) => {
      let written = job.checkpoint;
      if (!written) {
        written = await begin(job);
        await control.checkpoint(written);
      }
      if (!written.whole) {
        try {
          written = await writeRest(job, written, control);
        } catch (error) {
          // The checkpoint says how far it came; without a new one this attempt counts as one that failed.
          if (error instanceof OutOfTime) return undefined;
          throw error;
        }
      }
      await files.finish(keyOf(job), written.uploadId, written.parts);
      return { rows: written.rows };
    },

    clear: async (job) => {
      if (job.checkpoint) await files.abort(keyOf(job), job.checkpoint.uploadId);
    },
  };
};
