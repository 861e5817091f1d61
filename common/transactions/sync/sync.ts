import { AppError } from "#common/errors/app-error.ts";
import type { Cursors } from "#common/paging/cursor.ts";
import type { Clock } from "#common/time/clock.ts";
import { FeedGone } from "../feed/read-feed.ts";
import type { Changes } from "./page.ts";
import { positionFromBytes, positionToBytes, type WalkPosition } from "./position.ts";
import { type WalkTable, walk } from "./walk.ts";

const HOUR_MS = 3_600_000;

/** A cursor at the end of a walk lives as long as what was removed stands in the feed. */
export const CURSOR_MS = 90 * 24 * HOUR_MS;

/** A cursor in the middle of a walk. */
const WALK_CURSOR_MS = 24 * HOUR_MS;

/** A walk has to end while what it reads from is still there; that is deleted 48 hours after it was replaced. */
const WALK_MS = 36 * HOUR_MS;

/** A page comes short when so much looking did not fill it, as lists do. */
const LOOKING_MS = 10_000;

const ROUTE = "GET /transactions/sync";

export type SyncDeps = { table: WalkTable; cursors: Cursors; now?: Clock };

export type SyncRequest = {
  organizationId: string;
  userId: string;
  cursor?: string | undefined;
  limit: number;
};

export type SyncAnswer = Changes & { cursor: string; hasMore: boolean };

const expired = (cause?: unknown): AppError => new AppError("CURSOR_EXPIRED", { cause });

/** The changes of all accounts of a user, page by page. */
export const makeSync = ({ table, cursors, now = Date.now }: SyncDeps) => {
  const open = async (cursor: string, scope: Parameters<Cursors["open"]>[1]): Promise<WalkPosition> => {
    const bytes = await cursors.open(cursor, scope);
    const position = bytes instanceof Uint8Array ? positionFromBytes(bytes) : undefined;
    if (!position) throw new AppError("CURSOR_INVALID");
    const { begunAt, sealedAt } = position;
    if (begunAt !== undefined && (sealedAt + WALK_CURSOR_MS <= now() || begunAt + WALK_MS <= now())) {
      throw expired();
    }
    return position;
  };

  return async ({ organizationId, userId, cursor, limit }: SyncRequest): Promise<SyncAnswer> => {
    const scope = { route: ROUTE, organizationId, userId, filters: {} };
    const start = now();
    const before: WalkPosition =
      cursor === undefined ? { accounts: new Map(), sealedAt: start } : await open(cursor, scope);
    try {
      const isLate = () => now() > start + LOOKING_MS;
      const walked = await walk(table, { organizationId, userId, accounts: before.accounts, limit, isLate });
      const { changes, accounts, hasMore } = walked;
      const begunAt = before.begunAt ?? start;
      const position = { accounts, sealedAt: now(), ...(hasMore ? { begunAt } : {}) };
      return { ...changes, cursor: await cursors.seal(positionToBytes(position), scope), hasMore };
    } catch (error) {
      throw error instanceof FeedGone ? expired(error) : error;
    }
  };
};
