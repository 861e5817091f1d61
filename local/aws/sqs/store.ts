import { randomUUID } from "node:crypto";
import { groupCommit } from "../port/database.ts";
import { jsonOrNull, type NewMessage, number, type StoredMessage, toMessage } from "./message.ts";
import { queueRows } from "./queue-rows.ts";
import { readHandle, writeHandle } from "./receipt-handle.ts";
import { openQueueDatabase } from "./schema.ts";

export type Redrive = { queue: string; maxReceiveCount: number; sourceArn: string };
type Handled = "done" | "unknown" | "malformed";

/** Queues and messages on disk; knows SQL and time, and nothing of the API. */
export const openQueueStore = (file: string, now: () => number) => {
  const database = openQueueDatabase(file);
  const queues = queueRows(database);
  const write = groupCommit(database);
  const sql = {
    insert: database.prepare(
      "INSERT INTO messages (queue, message_id, body, attributes, system, sender, sent, visible) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    next: database.prepare(
      "SELECT * FROM messages WHERE queue = ? AND visible <= ? ORDER BY visible, id LIMIT ?",
    ),
    take: database.prepare(
      "UPDATE messages SET visible = ?, received = ?, first_received = ?, receipt = ? WHERE id = ?",
    ),
    bury: database.prepare(
      `UPDATE messages SET queue = ?, visible = ?, carried = carried + received, received = 0, receipt = NULL, source = ?
       WHERE id = ?`,
    ),
    remove: database.prepare("DELETE FROM messages WHERE queue = ? AND id = ? AND receipt = ?"),
    find: database.prepare("SELECT visible, receipt FROM messages WHERE queue = ? AND id = ?"),
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
    shift: database.prepare(
      "UPDATE messages SET visible = visible + :byMs WHERE :byMs < 0 OR (received > 0 AND visible > :before)",
    ),
    expire: database.prepare("DELETE FROM messages WHERE queue = ? AND sent <= ?"),
    purge: database.prepare("DELETE FROM messages WHERE queue = ?"),
    move: database.prepare(
      `UPDATE messages SET queue = :to, message_id = :messageId, sent = :now, visible = :now, received = 0, carried = 0,
              first_received = NULL, receipt = NULL, source = NULL
       WHERE id = :id`,
    ),
  };

  /** Event sources wait for fractions of a second; the column holds whole milliseconds. */
  const after = (seconds: number): number => now() + Math.round(seconds * 1000);

  const insert = (queue: string, message: NewMessage): string => {
    const messageId = randomUUID();
    const { body, attributes, system, sender, delaySeconds } = message;
    sql.insert.run(
      queue,
      messageId,
      body,
      jsonOrNull(attributes),
      jsonOrNull(system),
      sender,
      now(),
      after(delaySeconds),
    );
    return messageId;
  };

  /** Takes up to `max` visible messages; those received too often go to the dead-letter queue instead. */
  const take = (queue: string, max: number, visibilitySeconds: number, redrive: Redrive | undefined) => {
    const taken: StoredMessage[] = [];
    let buried = 0;
    while (taken.length < max) {
      const rows = sql.next.all(queue, now(), max - taken.length);
      for (const row of rows) {
        const id = number(row.id);
        const received = number(row.received) + 1;
        if (redrive && received > redrive.maxReceiveCount) {
          sql.bury.run(redrive.queue, now(), redrive.sourceArn, id);
          buried += 1;
          continue;
        }
        const receipt = randomUUID();
        const firstReceived = row.first_received === null ? now() : number(row.first_received);
        // With a visibility of zero this loop would find the message again.
        sql.take.run(after(visibilitySeconds), received, firstReceived, receipt, id);
        taken.push(toMessage(row, received, firstReceived, writeHandle(id, receipt)));
      }
      if (rows.length === 0 || visibilitySeconds === 0) break;
    }
    return { taken, buried };
  };

  const changeVisibility = (
    queue: string,
    handle: string,
    seconds: number,
    receipts: "any" | "last",
  ): Handled => {
    const parsed = readHandle(handle);
    if (!parsed) return "malformed";
    const row = sql.find.get(queue, parsed.id);
    if (!row || (receipts === "last" && row.receipt !== parsed.receipt)) return "unknown";
    sql.show.run(after(seconds), parsed.id);
    return "done";
  };

  return {
    send: (queue: string, message: NewMessage): Promise<string> => write(() => insert(queue, message)),
    take: (queue: string, max: number, visibilitySeconds: number, redrive: Redrive | undefined) =>
      write(() => take(queue, max, visibilitySeconds, redrive)),
    /** A handle of an earlier receive is taken and deletes nothing, as in SQS. */
    remove: async (queue: string, handle: string): Promise<Handled> => {
      const parsed = readHandle(handle);
      if (!parsed) return "malformed";
      await write(() => sql.remove.run(queue, parsed.id, parsed.receipt));
      return "done";
    },
    /** `any`: of an earlier receive too, and of one whose visibility has run out, as in SQS. */
    changeVisibility: (queue: string, handle: string, seconds: number, receipts: "any" | "last") =>
      write(() => changeVisibility(queue, handle, seconds, receipts)),
    release: (queue: string) => write(() => sql.release.run({ queue, now: now() })),
    /**
     * After the clock was moved: what is in flight stays so for as long as it had left, because a receiver is at
     * work on it. A clock that was set back would hide every message until its time comes again, so all move along.
     */
    shift: (byMs: number): void => void sql.shift.run({ byMs, before: now() - byMs }),
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
    /**
     * Moves up to `max` visible messages, each to the queue that `targetOf` names for its source, where they
     * are new ones. Stops at the first that has none.
     */
    move: (from: string, max: number, targetOf: (sourceArn: string | undefined) => string | undefined) =>
      write(() => {
        const targets: string[] = [];
        for (const row of sql.next.all(from, now(), max)) {
          const to = targetOf(row.source === null ? undefined : String(row.source));
          if (to === undefined) return { targets, stopped: true };
          sql.move.run({ to, messageId: randomUUID(), now: now(), id: number(row.id) });
          targets.push(to);
        }
        return { targets, stopped: false };
      }),
    queues: queues.all,
    saveQueue: queues.save,
    removeQueue: (name: string) => {
      queues.remove(name);
      sql.purge.run(name);
    },
    close: () => database.close(),
  };
};
