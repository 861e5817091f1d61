import { randomUUID } from "node:crypto";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { MessageAttributes } from "../../seams.ts";
import { groupCommit, openDatabase } from "../port/database.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS queues (
    name TEXT PRIMARY KEY, attributes TEXT NOT NULL, created INTEGER NOT NULL, internal INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT, sender TEXT NOT NULL, sent INTEGER NOT NULL, visible INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0, first_received INTEGER, receipt TEXT, source TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_in_order ON messages (queue, visible, id);
`;

export type QueueRow = {
  name: string;
  attributes: Record<string, string>;
  created: number;
  internal: boolean;
};
export type StoredMessage = {
  id: number;
  messageId: string;
  body: string;
  attributes: MessageAttributes;
  sender: string;
  sent: number;
  received: number;
  firstReceived: number;
  receiptHandle: string;
  /** ARN of the queue whose dead letter this is. */
  source: string | undefined;
};
export type NewMessage = {
  body: string;
  attributes: MessageAttributes;
  sender: string;
  delaySeconds: number;
};
export type Redrive = { queue: string; maxReceiveCount: number; sourceArn: string };

const number = (value: SQLOutputValue | undefined): number => Number(value ?? 0);

/** A receipt handle names the row and this very receipt, so that a stale one is told apart. */
const readHandle = (handle: string): { id: number; receipt: string } | undefined => {
  const [id = "", receipt = ""] = Buffer.from(handle, "base64url").toString().split("/");
  return /^\d+$/.test(id) && receipt ? { id: Number(id), receipt } : undefined;
};
const writeHandle = (id: number, receipt: string): string =>
  Buffer.from(`${id}/${receipt}`).toString("base64url");

/** Queues and messages on disk; knows SQL and time, and nothing of the API. */
export const openQueueStore = (file: string, now: () => number) => {
  const database: DatabaseSync = openDatabase(file, SCHEMA);
  const write = groupCommit(database);
  const sql = {
    insert: database.prepare(
      "INSERT INTO messages (queue, message_id, body, attributes, sender, sent, visible) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    next: database.prepare(
      "SELECT * FROM messages WHERE queue = ? AND visible <= ? ORDER BY visible, id LIMIT ?",
    ),
    take: database.prepare(
      "UPDATE messages SET visible = ?, received = ?, first_received = coalesce(first_received, ?), receipt = ? WHERE id = ?",
    ),
    bury: database.prepare(
      "UPDATE messages SET queue = ?, visible = ?, received = 0, first_received = NULL, receipt = NULL, source = ? WHERE id = ?",
    ),
    remove: database.prepare("DELETE FROM messages WHERE queue = ? AND id = ? AND receipt = ?"),
    find: database.prepare("SELECT visible FROM messages WHERE queue = ? AND id = ? AND receipt = ?"),
    show: database.prepare("UPDATE messages SET visible = ? WHERE id = ?"),
    release: database.prepare(
      "UPDATE messages SET visible = :now WHERE queue = :queue AND received > 0 AND visible > :now",
    ),
    soonest: database.prepare("SELECT min(visible) AS visible FROM messages WHERE queue = ?"),
    depth: database.prepare(
      `SELECT count(*) FILTER (WHERE visible <= :now) AS visible,
              count(*) FILTER (WHERE visible > :now AND received > 0) AS inFlight,
              count(*) FILTER (WHERE visible > :now AND received = 0) AS delayed
       FROM messages WHERE queue = :queue`,
    ),
    expire: database.prepare("DELETE FROM messages WHERE queue = ? AND sent <= ?"),
    purge: database.prepare("DELETE FROM messages WHERE queue = ?"),
    move: database.prepare(
      `UPDATE messages SET queue = coalesce(:to, :source), source = NULL, visible = :now, received = 0, receipt = NULL
       WHERE queue = :from AND (:to IS NOT NULL OR source = :sourceArn)`,
    ),
    sources: database.prepare("SELECT DISTINCT source FROM messages WHERE queue = ? AND source IS NOT NULL"),
    queues: database.prepare("SELECT * FROM queues ORDER BY name"),
    saveQueue: database.prepare(
      "INSERT OR REPLACE INTO queues (name, attributes, created, internal) VALUES (?, ?, ?, ?)",
    ),
    removeQueue: database.prepare("DELETE FROM queues WHERE name = ?"),
  };

  /** Event sources wait for fractions of a second; the column holds whole milliseconds. */
  const after = (seconds: number): number => now() + Math.round(seconds * 1000);

  const insert = (queue: string, { body, attributes, sender, delaySeconds }: NewMessage): string => {
    const messageId = randomUUID();
    const kept = Object.keys(attributes).length === 0 ? null : JSON.stringify(attributes);
    sql.insert.run(queue, messageId, body, kept, sender, now(), after(delaySeconds));
    return messageId;
  };

  const toMessage = (
    row: Record<string, SQLOutputValue>,
    received: number,
    receipt: string,
  ): StoredMessage => ({
    id: number(row.id),
    messageId: String(row.message_id),
    body: String(row.body),
    attributes: row.attributes === null ? {} : JSON.parse(String(row.attributes)),
    sender: String(row.sender),
    sent: number(row.sent),
    received,
    firstReceived: row.first_received === null ? now() : number(row.first_received),
    receiptHandle: writeHandle(number(row.id), receipt),
    source: row.source === null ? undefined : String(row.source),
  });

  /** Takes up to `max` visible messages; those received too often go to the dead-letter queue instead. */
  const take = (queue: string, max: number, visibilitySeconds: number, redrive: Redrive | undefined) => {
    const taken: StoredMessage[] = [];
    let buried = 0;
    while (taken.length < max) {
      const rows = sql.next.all(queue, now(), max - taken.length);
      for (const row of rows) {
        const received = number(row.received) + 1;
        if (redrive && received > redrive.maxReceiveCount) {
          sql.bury.run(redrive.queue, now(), redrive.sourceArn, number(row.id));
          buried += 1;
          continue;
        }
        const receipt = randomUUID();
        // With a visibility of zero it must not be found again by this very loop.
        sql.take.run(after(visibilitySeconds), received, now(), receipt, number(row.id));
        taken.push(toMessage(row, received, receipt));
      }
      if (rows.length === 0 || visibilitySeconds === 0) break;
    }
    return { taken, buried };
  };

  return {
    send: (queue: string, message: NewMessage): Promise<string> => write(() => insert(queue, message)),
    sendAll: (queue: string, messages: NewMessage[]): Promise<string[]> =>
      write(() => messages.map((message) => insert(queue, message))),
    take: (queue: string, max: number, visibilitySeconds: number, redrive: Redrive | undefined) =>
      write(() => take(queue, max, visibilitySeconds, redrive)),
    /** False if the handle is none; a stale handle deletes nothing, as in SQS. */
    remove: async (queue: string, handle: string): Promise<boolean> => {
      const parsed = readHandle(handle);
      if (!parsed) return false;
      await write(() => sql.remove.run(queue, parsed.id, parsed.receipt));
      return true;
    },
    changeVisibility: (queue: string, handle: string, seconds: number) =>
      write((): "changed" | "unknown" | "notInFlight" => {
        const parsed = readHandle(handle);
        const row = parsed && sql.find.get(queue, parsed.id, parsed.receipt);
        if (!parsed || !row) return "unknown";
        if (number(row.visible) <= now()) return "notInFlight";
        sql.show.run(after(seconds), parsed.id);
        return "changed";
      }),
    release: (queue: string) => write(() => sql.release.run({ queue, now: now() })),
    /** When the next message is or becomes visible. */
    soonest: (queue: string): number | undefined => {
      const visible = sql.soonest.get(queue)?.visible;
      return visible === null || visible === undefined ? undefined : number(visible);
    },
    depth: (queue: string) => {
      const row = sql.depth.get({ now: now(), queue }) ?? {};
      return {
        visible: number(row.visible),
        inFlight: number(row.inFlight),
        delayed: number(row.delayed),
      };
    },
    expire: (queue: string, sentBefore: number) => write(() => sql.expire.run(queue, sentBefore)),
    purge: (queue: string) => write(() => sql.purge.run(queue)),
    /** ARNs of the queues whose dead letters lie here. */
    sources: (queue: string) => sql.sources.all(queue).map((row) => String(row.source)),
    move: (from: string, to: string | null, source: { name: string; arn: string } | null) =>
      write(() =>
        Number(
          sql.move.run({ from, to, now: now(), source: source?.name ?? "", sourceArn: source?.arn ?? "" })
            .changes,
        ),
      ),
    queues: (): QueueRow[] =>
      sql.queues.all().map((row) => ({
        name: String(row.name),
        attributes: JSON.parse(String(row.attributes)),
        created: number(row.created),
        internal: row.internal === 1,
      })),
    saveQueue: ({ name, attributes, created, internal }: QueueRow) => {
      sql.saveQueue.run(name, JSON.stringify(attributes), created, internal ? 1 : 0);
    },
    removeQueue: (name: string) => {
      sql.removeQueue.run(name);
      sql.purge.run(name);
    },
    close: () => database.close(),
  };
};
