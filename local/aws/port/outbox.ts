import type { DatabaseSync } from "node:sqlite";
import { groupCommit } from "./database.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, delivery TEXT NOT NULL, added INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
  ) STRICT;
`;

/** The attempts before this one, and the age of the delivery. */
export type Attempt = { retries: number; ageMs: number };

/** Delivers or gives up, and resolves. When it rejects, the delivery is tried again later. */
export type Deliver<Delivery> = (delivery: Delivery, attempt: Attempt) => Promise<void>;

export type OutboxOptions<Delivery> = {
  deliver: Deliver<Delivery>;
  /** How long to wait after that many attempts. */
  retryMs: (attempts: number) => number;
  log: (error: unknown, work: string) => void;
  now: () => number;
};

/** Three retries at once, two after a second each, then ever later up to 20 seconds: SNS's policy for queues. */
export const queueRetryMs = (attempts: number): number => {
  if (attempts <= 3) return 0;
  return attempts <= 5 ? 1_000 : Math.min(2 * (attempts - 5), 20) * 1_000;
};

/**
 * Deliveries that are made after the call that caused them was answered. They are on disk before the answer,
 * are removed when made, and are taken up again after a restart. A process that dies between delivering and
 * removing delivers twice, as AWS may.
 */
export const openOutbox = <Delivery>(database: DatabaseSync, options: OutboxOptions<Delivery>) => {
  const { deliver, retryMs, log, now } = options;
  database.exec(SCHEMA);
  const write = groupCommit(database);
  const insert = database.prepare("INSERT INTO deliveries (delivery, added) VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM deliveries WHERE id = ?");
  const count = database.prepare("UPDATE deliveries SET attempts = ? WHERE id = ?");
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  const attempt = async (id: number, delivery: Delivery, added: number, retries: number): Promise<void> => {
    try {
      await deliver(delivery, { retries, ageMs: now() - added });
      await write(() => remove.run(id));
    } catch (error) {
      log(error, `delivery attempt ${retries + 1}`);
      await write(() => count.run(retries + 1, id));
      if (closed) return;
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          start(id, delivery, added, retries + 1);
        },
        retryMs(retries + 1),
      );
      timers.add(timer);
    }
  };

  const start = (id: number, delivery: Delivery, added: number, retries: number): void => {
    if (closed) return;
    const work = attempt(id, delivery, added, retries)
      .catch((error: unknown) => log(error, "outbox"))
      .finally(() => running.delete(work));
    running.add(work);
  };

  for (const row of database.prepare("SELECT * FROM deliveries ORDER BY id").all()) {
    const delivery: Delivery = JSON.parse(String(row.delivery));
    // Started after this function has returned, because a delivery may need what it returns.
    setImmediate(() => start(Number(row.id), delivery, Number(row.added), Number(row.attempts)));
  }

  return {
    /** Resolves when the deliveries are on disk; they are made after that. */
    add: async (deliveries: readonly Delivery[]): Promise<void> => {
      if (deliveries.length === 0) return;
      const added = now();
      const ids = await write(() =>
        deliveries.map((delivery) => Number(insert.run(JSON.stringify(delivery), added).lastInsertRowid)),
      );
      for (const [index, delivery] of deliveries.entries()) start(ids[index] ?? 0, delivery, added, 0);
    },
    /** Finishes the attempts that run; the rest stays on disk. */
    close: async (): Promise<void> => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
};
export type Outbox<Delivery> = {
  add(deliveries: readonly Delivery[]): Promise<void>;
  close(): Promise<void>;
};
