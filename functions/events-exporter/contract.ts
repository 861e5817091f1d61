import { Type } from "typebox";
import { EXPORT_FORMATS } from "#common/events/export/formats.ts";
import { eventFilters, orderField } from "#common/events/read/event-filters.fields.ts";
import { jobFields, jobHeaders, jobStartedHeaders } from "#common/jobs/job.fields.ts";
import { queryValidator, validator } from "#common/validation/schema.ts";

const ExportQuery = queryValidator(
  Type.Object(
    {
      ...eventFilters,
      ...orderField,
      format: Type.Unsafe<(typeof EXPORT_FORMATS)[number]>({
        type: "string",
        enum: [...EXPORT_FORMATS],
        default: "csv",
        description:
          "`csv`: RFC 4180, UTF-8, for reading; a cell that a spreadsheet would take for a formula has a `'` before it. `ndjson`: an event a line, with its salt, which `npm run verify-events` proves against the heads of the chains.",
      }),
    },
    { additionalProperties: false },
  ),
);

const orNull = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Integer>>(type: T) =>
  Type.Union([type, Type.Null()]);

const ExportAnswer = validator(
  Type.Object({
    ...jobFields,
    url: orNull(
      Type.String({
        description: "Gets the file without a token for 15 minutes; each request makes a new one.",
      }),
    ),
    expiresAt: orNull(Type.String({ description: "When the URL ends." })),
    rows: orNull(Type.Integer({ description: "Events in the file; so far, while it is made." })),
  }),
);

export const contract = {
  "GET /events/export": {
    summary: "Export events",
    description:
      "Takes the filters of `GET /events`, and goes as far back as there is. Answers the rows themselves when they fit 4 MB and 20 seconds; else a job makes a file, which is kept for 7 days. Events that are stored while a file is made may be in it or not.",
    query: ExportQuery,
    answers: {
      200: {
        description: "All rows, as `text/csv` or `application/x-ndjson`.",
        body: validator(Type.String()),
        contentTypes: ["text/csv", "application/x-ndjson"],
        headers: { "Content-Disposition": "A name for the file." },
      },
      202: {
        description: "A job makes the file; `Location` names where to ask for it.",
        body: ExportAnswer,
        headers: jobStartedHeaders,
      },
    },
  },
  "GET /events/exports/{id}": {
    summary: "Ask for an export",
    description: "The caller's own exports only, for 7 days.",
    answers: {
      200: {
        description: "How far it is, and a link to the file.",
        body: ExportAnswer,
        headers: jobHeaders,
      },
    },
  },
} as const;
