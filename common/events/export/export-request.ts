import type { PartsWritten } from "#common/files/write-in-parts.ts";
import { jobKind } from "#common/jobs/job.ts";
import type { EventQuery, Position } from "../read/event-query.ts";
import type { ExportFormat } from "./formats.ts";

/** What an export's job is asked for, how far its file is, and what came of it. */
export type ExportRequest = { query: EventQuery; format: ExportFormat };
export type ExportResult = { rows: number };

export const exportJob = jobKind<ExportRequest, PartsWritten<Position>, ExportResult>("events-export");

/** Where the file lies; the lake lets go of what is below `exports/events/` after a week. */
export const exportKey = (organizationId: string, jobId: string, format: ExportFormat): string =>
  `exports/events/${organizationId}/${jobId}.${format}`;
