import type { Json } from "#common/json/json.ts";
import type { EventQuery } from "../read/event-query.ts";
import type { ExportFormat } from "./formats.ts";

/** What an export's job is asked for. */
export type ExportRequest = { query: EventQuery; format: ExportFormat };

/** As JSON has it: what is undefined is left out. */
export const toJson = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

/** Our own text, written by `toJson`. */
export const exportRequestOf = (request: Json): ExportRequest => request as unknown as ExportRequest;

/** Where the file lies; the lake lets go of what is below `exports/events/` after a week. */
export const exportKey = (organizationId: string, jobId: string, format: ExportFormat): string =>
  `exports/events/${organizationId}/${jobId}.${format}`;
