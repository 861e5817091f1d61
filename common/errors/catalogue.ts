/**
 * Every error that a caller or an operator can meet. `status` is what an HTTP caller gets; `retry`
 * says whether the same request can succeed later, and decides what the queue stacks do: a retryable
 * failure returns the message to its queue, any other is kept in the dead-letter queue at once.
 * `docs/errors.md` has a section for each; a test holds the two together.
 */
export const ERRORS = {
  INPUT_INVALID: { status: 400, retry: false, text: "The request has faults; each is listed under errors." },
  BODY_NOT_JSON: { status: 400, retry: false, text: "The body is not valid JSON." },
  SQL_INVALID: {
    status: 400,
    retry: false,
    text: "The query is not one SELECT of what is known here; what is wrong is listed under errors.",
  },
  RELATION_UNKNOWN: {
    status: 400,
    retry: false,
    text: "The query names a relation that there is not. GET /logs/types lists those that there are.",
  },
  QUERY_TOO_LARGE: {
    status: 400,
    retry: false,
    text: "This would scan more than one query may. Narrow the time or the filters.",
  },
  CURSOR_INVALID: {
    status: 400,
    retry: false,
    text: "The cursor was not made for this request, or was altered; start again without one.",
  },
  CURSOR_EXPIRED: { status: 400, retry: false, text: "The cursor is too old; start again without one." },
  TOKEN_EXPIRED: { status: 401, retry: false, text: "The token has expired." },
  FORBIDDEN: { status: 403, retry: false, text: "The token does not open this route." },
  NOT_FOUND: { status: 404, retry: false, text: "There is no such thing, or it is not yours." },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    retry: true,
    text: "The first request with this Idempotency-Key is still running.",
  },
  EVENT_ID_CONFLICT: {
    status: 409,
    retry: false,
    text: "Another event, with other content, stands under this eventId; this one was not taken.",
  },
  CUSTOMER_IN_CHANGE: {
    status: 409,
    retry: true,
    text: "Others are changing this customer at the same moment. Try again.",
  },
  IMPORT_ENDED: {
    status: 409,
    retry: false,
    text: "The import has ended: it cannot be cancelled, and not be undone, or not any more.",
  },
  TOO_MANY_ROWS_FOR_CSV: {
    status: 409,
    retry: false,
    text: "There are more rows than one CSV answer holds; read them page by page.",
  },
  ACCOUNT_IN_CHANGE: {
    status: 409,
    retry: true,
    text: "Others are changing this account at the same moment. Try again.",
  },
  CURRENCY_SET: {
    status: 409,
    retry: false,
    text: "The account has balances in another currency, which therefore cannot be changed.",
  },
  TOO_MANY_ACCOUNTS: {
    status: 409,
    retry: false,
    text: "One of the owners has 1,000 accounts already, which is the most that a user can have.",
  },
  CLEANSING_RUNNING: {
    status: 409,
    retry: true,
    text: "Transactions are being cleansed again already. Wait for its end.",
  },
  REPLAY_IN_PROGRESS: {
    status: 409,
    retry: true,
    text: "Another replay of this organization is still running.",
  },
  PRECONDITION_FAILED: {
    status: 412,
    retry: false,
    text: "What stands there is not what If-Match or If-None-Match asks for. Read it again before you change it.",
  },
  BODY_TOO_LARGE: { status: 413, retry: false, text: "The body is larger than this route takes." },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    retry: false,
    text: "This Idempotency-Key was used with another body.",
  },
  FILE_NOT_JSON: { status: 500, retry: false, text: "The user's file is not valid JSON." },
  USER_MISMATCH: { status: 500, retry: false, text: "The file names no user, or another than its key does." },
  COUNTER_BACKWARDS: {
    status: 500,
    retry: false,
    text: "The file's write_counter is below one that was streamed already.",
  },
  ENTRY_INVALID: {
    status: 500,
    retry: false,
    text: "The file, or an entry of its changelog, is not as agreed.",
  },
  FILE_TOO_LARGE: { status: 500, retry: false, text: "The user's file is larger than 64 MB." },
  BUCKET_NOT_VERSIONED: {
    status: 500,
    retry: true,
    text: "The bucket keeps no versions, so that the order of changes is not known.",
  },
  SCAN_LIMIT_REACHED: {
    status: 429,
    retry: true,
    text: "The organization's queries have scanned all that they may today. Try again tomorrow (UTC).",
  },
  MESSAGE_NOT_JSON: { status: 500, retry: false, text: "The message is not valid JSON." },
  MESSAGE_INVALID: { status: 500, retry: false, text: "The message breaks its schema." },
  CLEANSING_REFUSED: {
    status: 500,
    retry: false,
    text: "The cleansing vendor does not take this transaction.",
  },
  CLEANSING_FAILED: {
    status: 500,
    retry: false,
    text: "The cleansing vendor failed with these transactions too often.",
  },
  EVENTS_NOT_QUEUED: {
    status: 503,
    retry: true,
    text: "Not all events could be taken. Send the same request again: with eventIds or the same Idempotency-Key, what was taken already is not taken twice.",
  },
  LOGS_NOT_TAKEN: {
    status: 503,
    retry: true,
    text: "Not all log messages could be taken. Send the same request again: with ids or the same Idempotency-Key, what was taken already counts once.",
  },
  READ_NOT_RECORDED: {
    status: 503,
    retry: true,
    text: "Reads are recorded, and this one could not be; it shows nothing. Try again.",
  },
  DEPENDENCY_FAILED: { status: 503, retry: true, text: "Something the platform depends on did not answer." },
  TOO_MUCH_TO_COUNT: {
    status: 503,
    retry: false,
    text: "This is more than can be counted while you wait; narrow the time or the filters.",
  },
  UNEXPECTED: {
    status: 500,
    retry: true,
    text: "Something went wrong; the request id finds it in the logs.",
  },
} as const satisfies Record<string, { status: number; retry: boolean; text: string }>;

export type ErrorCode = keyof typeof ERRORS;
