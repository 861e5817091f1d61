/** A column as SQL names it: the line's field in lower case. */
export type Column = {
  /** The field of a line. */
  field: string;
  /** Glue's type. Any JSON is its text. */
  type: "string" | "boolean" | "int" | "timestamp" | typeof EVENTS_TYPE | typeof TARGETS_TYPE;
  description: string;
};

export const EVENTS_TYPE =
  "array<struct<action:string,description:string,detail:string,caller:string,server:string,success:boolean,time:timestamp,transactionid:string,type:string,extra:string>>";
export const TARGETS_TYPE = "array<struct<type:string,id:string,name:string>>";

const OF_ALL: readonly Column[] = [
  {
    field: "id",
    type: "string",
    description: "Of the message; counts once in its organization, type and hour.",
  },
  {
    field: "time",
    type: "timestamp",
    description: "When it happened; the arrival where that was not said or not believed.",
  },
  { field: "sentTime", type: "timestamp", description: "The time that was said, where it was not believed." },
  { field: "receivedAt", type: "timestamp", description: "When the stream had it." },
  { field: "transactionId", type: "string", description: "Joins what several servers did for one purpose." },
  { field: "success", type: "boolean", description: "False if any of the message's events failed." },
  { field: "schema", type: "int", description: "The version of the line's form." },
];

const OF_MESSAGES: readonly Column[] = [
  ...OF_ALL,
  { field: "server", type: "string", description: "Who did it, unless an event says otherwise." },
  { field: "events", type: EVENTS_TYPE, description: "What was done, in order." },
  { field: "extra", type: "string", description: "Fields that have no column, as JSON." },
];

const OF_STORED_EVENTS: readonly Column[] = [
  ...OF_ALL,
  { field: "eventId", type: "string", description: "The event's id, which is the message's too." },
  { field: "customerId", type: "string", description: "Whose history it stands in." },
  { field: "type", type: "string", description: "What kind of event it is." },
  { field: "description", type: "string", description: "What happened." },
  { field: "date", type: "timestamp", description: "When it happened." },
  { field: "actor", type: "string", description: "Who did it." },
  { field: "targets", type: TARGETS_TYPE, description: "What it was done to, beside the customer." },
  { field: "detail", type: "string", description: "Any JSON." },
  { field: "recordedAt", type: "timestamp", description: "When the platform took it." },
  { field: "recordedBy", type: "string", description: "The token's `sub`, or the function that made it." },
  {
    field: "chain",
    type: "string",
    description: "Epoch, number, sequence and hashes of its place in a chain, as JSON.",
  },
];

export type LogTypeEntry = {
  /** Whose server side writes it. */
  description: string;
  /** The name that it has in systems that came before. */
  formerName?: string;
  /** Only the platform itself writes it: over HTTP it is refused. */
  ofPlatform?: true;
  /** A role that reading it needs beside `logs.read`. */
  role?: string;
  columns: readonly Column[];
  /** A message of this type as it is published. */
  example: Readonly<Record<string, unknown>>;
};

const example = (logType: string, server: string, action: string, description: string, type: string) => ({
  organizationID: "demo",
  logType,
  transactionId: "tx-1",
  server,
  events: [{ action, description, type }],
});

/** Every type of log: the schemas, the tables' columns, `GET /logs/types` and the docs come from here. */
export const LOG_TYPES = {
  web: {
    description: "The server side of the management portal.",
    formerName: "WebRequestLog",
    columns: OF_MESSAGES,
    example: example("web", "dspweb", "received request", "GET /members on web", "request"),
  },
  app: {
    description: "The server side of the members' app.",
    formerName: "AppRequestLog",
    columns: OF_MESSAGES,
    example: example("app", "dspapp", "received request", "GET /accounts on app", "request"),
  },
  agw: {
    description: "The gateway and its connectors.",
    formerName: "TransactionLog",
    columns: OF_MESSAGES,
    example: example("agw", "dspagw", "balance requested", "asked the core system for a balance", "call"),
  },
  hub: {
    description: "Calls that the connector hub makes.",
    formerName: "ConnectorHubLog",
    columns: OF_MESSAGES,
    example: example("hub", "dsphub", "connector called", "called the connector core", "call"),
  },
  connector: {
    description: "A connector to another system.",
    formerName: "ConnectorLog",
    columns: OF_MESSAGES,
    example: example("connector", "core-connector", "answered", "the core system answered", "response"),
  },
  container: {
    description: "The container that an app runs in.",
    formerName: "ContainerLog",
    columns: OF_MESSAGES,
    example: example("container", "app-container", "started", "the container started", "note"),
  },
  platform: {
    description: "Millrace's own functions.",
    ofPlatform: true,
    columns: OF_MESSAGES,
    example: example("platform", "data-generator", "request answered", "POST /data", "response"),
  },
  events: {
    description: "Events of customers, as they were stored.",
    ofPlatform: true,
    role: "events.read",
    columns: OF_STORED_EVENTS,
    example: {
      organizationID: "demo",
      logType: "events",
      id: "0199aa00-0000-7000-8000-000000000001",
      time: "2026-05-05T12:00:00.000Z",
      transactionId: "tx-1",
      eventId: "0199aa00-0000-7000-8000-000000000001",
      customerId: "c-1",
      type: "account_opened",
      description: "Savings account opened",
      date: "2026-05-05T11:59:58.000Z",
      recordedAt: "2026-05-05T12:00:00.000Z",
    },
  },
} as const satisfies Record<string, LogTypeEntry>;

export type LogType = keyof typeof LOG_TYPES;

export const isLogType = (name: unknown): name is LogType =>
  typeof name === "string" && Object.hasOwn(LOG_TYPES, name);

export const LOG_TYPE_NAMES = Object.keys(LOG_TYPES).filter(isLogType);

/** Those that anyone with `logs.write` may send. */
export const POSTED_TYPES = LOG_TYPE_NAMES.filter((name) => !("ofPlatform" in LOG_TYPES[name]));
