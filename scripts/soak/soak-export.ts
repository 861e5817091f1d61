import { type ExportRequest, type ExportResult, exportKey } from "#common/events/export/export-request.ts";
import { makeExportToFile } from "#common/events/export/export-to-file.ts";
import type { ExportFormat } from "#common/events/export/formats.ts";
import type { Position } from "#common/events/read/event-query.ts";
import type { MultipartFiles } from "#common/files/multipart-files.ts";
import type { PartsWritten } from "#common/files/write-in-parts.ts";
import { newJob } from "#common/jobs/job.ts";
import { endlessHistory } from "./endless-history.ts";

/** Counts what is put, and lets go of it. */
const countingFiles = () => {
  const written = { bytes: 0, lines: 0, parts: 0 };
  const files: MultipartFiles = {
    begin: async () => "upload",
    putPart: async (_, __, number, bytes) => {
      written.bytes += bytes.length;
      written.parts += 1;
      for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) written.lines += 1;
      return { tag: `tag-${number}`, crc32: "" };
    },
    finish: async () => {},
    abort: async () => {},
  };
  return { files, written };
};

export type ExportMeasured = {
  events: number;
  bytes: number;
  seconds: number;
  /** Resident memory after a tenth of the way, and the most there was from then on. */
  earlyMb: number;
  peakMb: number;
};

const megabytes = (): number => process.memoryUsage().rss / 1_048_576;

/** The export job over a history that is made as it is read, with its memory watched. */
export const measureExport = async (events: number, format: ExportFormat): Promise<ExportMeasured> => {
  const { files, written } = countingFiles();
  const work = makeExportToFile({ store: endlessHistory(events), files, now: Date.now });
  const query = { organizationId: "demo", types: [], words: [], order: "asc" } as const;
  const ids = { jobId: "018f0000-0000-7000-8000-000000000001", organizationId: "demo", userId: "alice" };
  const job = newJob<ExportRequest, PartsWritten<Position>, ExportResult>(
    { ...ids, request: { query, format } },
    Date.now(),
  );
  let earlyMb = 0;
  let peakMb = 0;
  const startedAt = performance.now();
  const checkpoint = async ({ rows }: { rows: number }): Promise<void> => {
    if (rows < events / 10) return;
    if (earlyMb === 0) earlyMb = megabytes();
    peakMb = Math.max(peakMb, megabytes());
  };
  const result = await work.work(job, { checkpoint, until: Number.POSITIVE_INFINITY });
  const rows = result?.rows;
  const head = format === "csv" ? 1 : 0;
  if (rows !== events || written.lines !== events + head) {
    throw new Error(`${exportKey("demo", ids.jobId, format)} has ${written.lines} lines of ${events} events`);
  }
  return { events, bytes: written.bytes, seconds: (performance.now() - startedAt) / 1000, earlyMb, peakMb };
};

/** An allowance for garbage that is not collected yet. */
const GROWTH_MB_MAX = 150;

/** `npm run soak -- export --events 1000000`: every event once, and memory that does not grow with them. */
export const soakExport = async (count: number): Promise<string[]> => {
  const faults: string[] = [];
  for (const format of ["ndjson", "csv"] as const) {
    const { events, bytes, seconds, earlyMb, peakMb } = await measureExport(count, format);
    const rate = Math.round(events / seconds).toLocaleString("en-US");
    console.log(
      `${format}: ${events} events, ${Math.round(bytes / 1e6)} MB in ${seconds.toFixed(0)} s (${rate} a second); memory ${Math.round(earlyMb)} MB after a tenth, at most ${Math.round(peakMb)} MB after that`,
    );
    if (peakMb > earlyMb + GROWTH_MB_MAX) {
      faults.push(`${format}: memory grew from ${Math.round(earlyMb)} to ${Math.round(peakMb)} MB`);
    }
  }
  return faults;
};
