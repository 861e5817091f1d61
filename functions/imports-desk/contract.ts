import { Type } from "typebox";
import { jobStartedHeaders } from "#common/jobs/job.fields.ts";
import { pageFields } from "#common/paging/page.fields.ts";
import { pageOf } from "#common/paging/page-of.fields.ts";
import { queryValidator, validator } from "#common/validation/schema.ts";

const SERVICES = ["transactions"] as const;
const STATUSES = [
  "awaitingUpload",
  "running",
  "reverting",
  "completed",
  "failed",
  "cancelled",
  "undone",
] as const;

const service = Type.Unsafe<(typeof SERVICES)[number]>({ type: "string", enum: [...SERVICES] });
const status = Type.Unsafe<(typeof STATUSES)[number]>({ type: "string", enum: [...STATUSES] });
const count = (description?: string) => Type.Integer({ minimum: 0, ...(description ? { description } : {}) });

const anImport = Type.Object({
  id: Type.String({ description: "A UUIDv7." }),
  service,
  file: Type.String({ description: "The object's key in the bucket `delivery`." }),
  fileName: Type.Optional(Type.String({ description: "Of an upload: the name that it was announced by." })),
  source: Type.Unsafe<string>({ type: "string", enum: ["delivery", "upload", "connector"] }),
  parentImport: Type.Optional(Type.String({ format: "uuid" })),
  dryRun: Type.Boolean({ description: "Whether it only shows what it would do." }),
  status,
  rows: count("Rows that were looked at: accepted and rejected ones."),
  accepted: count("Those that were added, changed or unchanged."),
  rejected: count(),
  added: count(),
  changed: count(),
  unchanged: count(),
  bytes: count("Of the file."),
  bytesRead: count("Bytes of the file whose rows are in. It never falls."),
  chunks: count("Parts that the file was cut into so far."),
  chunksDone: count(),
  secondsLeft: Type.Optional(count("At the pace so far; absent before there is a pace.")),
  startedAt: Type.String({ format: "date-time" }),
  startedBy: Type.Optional(Type.String({ description: "The user who asked for it; absent for a delivery." })),
  seconds: count("That it has taken, or took."),
  reason: Type.Optional(
    Type.Object(
      { code: Type.String(), line: Type.Optional(Type.Integer({ minimum: 1 })), message: Type.String() },
      { description: "Why it failed." },
    ),
  ),
  undo: Type.Optional(
    Type.Object(
      { removed: count(), restored: count(), left: count("Rows that a later import names as well.") },
      { description: "What an undo did, or would do." },
    ),
  ),
});

const ImportAnswer = validator(anImport);

const Filters = queryValidator(
  Type.Object(
    { service: Type.Optional(service), status: Type.Optional(status), ...pageFields },
    { additionalProperties: false },
  ),
);

const RowsQuery = queryValidator(
  Type.Object(
    {
      ...pageFields,
      format: Type.Unsafe<"json" | "csv">({
        type: "string",
        enum: ["json", "csv"],
        default: "json",
        description: "`csv`: all rows at once as RFC 4180, as many as one answer holds.",
      }),
    },
    { additionalProperties: false },
  ),
);

const reject = Type.Object({
  line: Type.Integer({ minimum: 1, description: "The line of the file that the row begins in." }),
  raw: Type.String({ description: "The row as the file has it; its first 4 KiB." }),
  errors: Type.Array(
    Type.Object({
      column: Type.Union([Type.String(), Type.Null()]),
      code: Type.String(),
      message: Type.String(),
    }),
  ),
});

const change = Type.Object({
  line: Type.Integer({ minimum: 1 }),
  // What names the row; by service.
  accountId: Type.Optional(Type.String()),
  transactionId: Type.Optional(Type.String()),
  verdict: Type.Unsafe<"added" | "changed">({ type: "string", enum: ["added", "changed"] }),
  fields: Type.Array(Type.Object({ name: Type.String(), before: Type.Unknown(), after: Type.Unknown() })),
});

const NewImport = validator(
  Type.Object(
    {
      service,
      fileName: Type.String({
        minLength: 1,
        maxLength: 255,
        pattern: "\\.csv(\\.gz|\\.zst)?$",
        description: "Ends in `.csv`, `.csv.gz` or `.csv.zst`.",
      }),
      bytes: Type.Integer({ minimum: 0, maximum: 5_368_709_120, description: "Its exact length." }),
      dryRun: Type.Optional(Type.Boolean()),
      parentImport: Type.Optional(Type.String({ format: "uuid" })),
      options: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    },
    {
      additionalProperties: false,
      examples: [{ service: "transactions", fileName: "night.csv", bytes: 1_024 }],
    },
  ),
);

const Awaited = validator(
  Type.Object({
    ...anImport.properties,
    upload: Type.Object(
      {
        url: Type.String(),
        method: Type.Literal("PUT"),
        headers: Type.Record(Type.String(), Type.String()),
        expiresAt: Type.String({ format: "date-time" }),
      },
      {
        description: "Where the file goes: one PUT of exactly the length that was said, with these headers.",
      },
    ),
  }),
);

const Ending = queryValidator(
  Type.Object(
    { undo: Type.Boolean({ default: false }), dryRun: Type.Boolean({ default: false }) },
    { additionalProperties: false },
  ),
);

const rows = (body: ReturnType<typeof validator>, what: string) => ({
  200: {
    description: `A page of ${what}, or all of them as CSV.`,
    body,
    contentTypes: ["application/json", "text/csv"],
  },
});

export const contract = {
  "GET /imports": {
    summary: "List imports",
    description: "Newest first.",
    query: Filters,
    answers: { 200: { description: "A page of imports.", body: validator(pageOf(anImport)) } },
  },
  "GET /imports/{id}": {
    summary: "Read an import",
    description: "How far it is while it runs; then what came of it.",
    answers: { 200: { description: "The import.", body: ImportAnswer } },
  },
  "GET /imports/{id}/rejects": {
    summary: "List rejected rows",
    description: "In the order of the file, with every fault of each.",
    query: RowsQuery,
    answers: rows(validator(pageOf(reject)), "rejected rows"),
  },
  "GET /imports/{id}/changes": {
    summary: "List what a dry run would do",
    description: "Rows that would be added or changed. Of an import that is no dry run there are none.",
    query: RowsQuery,
    answers: rows(validator(pageOf(change)), "differences"),
  },
  "POST /imports": {
    summary: "Announce an upload",
    description:
      "Answers where to put the file. The import starts when the file is there; without it, it fails after a day.",
    body: NewImport,
    idempotent: true,
    answers: { 201: { description: "The import, and where to put its file.", body: Awaited } },
  },
  "DELETE /imports/{id}": {
    summary: "Cancel or undo an import",
    description:
      "Cancels an import that is awaited or runs. `undo=true` takes a completed one back, for 30 days; with `dryRun=true` it only says what that would do.",
    query: Ending,
    answers: {
      202: {
        description: "The import as it stands; `Location` names where to ask for it.",
        body: ImportAnswer,
        headers: jobStartedHeaders,
      },
      409: { description: "It has ended, and cannot be undone, or not any more." },
    },
  },
} as const;
