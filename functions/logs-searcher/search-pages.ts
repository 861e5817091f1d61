import type { Answer } from "#common/http/answers.ts";
import { ok, RawJson } from "#common/http/answers.ts";
import { newId } from "#common/ids/uuid.ts";
import { type AnswerRoom, answerRoom } from "#common/logs/query/answer-room.ts";
import type { LakeEngine } from "#common/logs/query/lake-engine.ts";
import { RESULT_LIMITS } from "#common/logs/query/limits.ts";
import type { CursorScope, Cursors } from "#common/paging/cursor.ts";
import { type Found, type Rest, type Search, type SearchDeps, searchLogs } from "./search-logs.ts";

export type PageDeps = SearchDeps & {
  cursors: Cursors;
  /** Counts what was scanned. */
  scanned: (bytes: number) => Promise<void>;
  /** Throws if nothing may be scanned today. */
  checkScan: () => Promise<void>;
};

/** Where a page begins: in a kept result, and where the search goes on when that has no more. */
type Place = {
  kept?: { name: string; at: number; bytes: number };
  rest?: Rest;
  searchedTo: number;
  /** Pages before this one that found no time to finish one step. */
  tries?: number;
};

const LOOKING_MS = 10_000;
/** A step that did not end in ten seconds gets twice that on the next page, or its pages would stay empty. */
const PATIENT_MS = 20_000;

/** A page's lines, and one that is too long for it. */
const READ_BYTES = RESULT_LIMITS.bytes + 1_100_000;

const bytesOf = (json: string): number => Buffer.byteLength(json) + 1;

/** The lines of a kept result from a place on: as many as a page takes. */
const readKept = async (
  engine: LakeEngine,
  { name, at, bytes }: NonNullable<Place["kept"]>,
  limit: number,
  room: AnswerRoom,
): Promise<{ lines: string[]; at: number } | undefined> => {
  const part = await engine.kept(name, at, Math.min(bytes - at, READ_BYTES));
  if (!part) return undefined;
  const lines: string[] = [];
  let from = 0;
  while (lines.length < limit) {
    const end = part.indexOf(0x0a, from);
    if (end === -1) break;
    const line = part.toString("utf8", from, end);
    if (!room.takes(line)) return { lines, at: at + from };
    lines.push(line);
    from = end + 1;
  }
  return { lines, at: at + from };
};

/** How many of the messages, from the first, a page still holds. */
const fitting = (found: readonly Found[], limit: number, room: AnswerRoom): number => {
  const end = found.slice(0, limit).findIndex(({ json }) => !room.takes(json));
  return end === -1 ? Math.min(found.length, limit) : end;
};

export type PageRequest = {
  search: Omit<Search, "until" | "after">;
  scope: CursorScope;
  limit: number;
  cursor?: string | undefined;
};

/** A page of a search: of what an earlier one kept, then of a new one, until it is full or the time is over. */
export const searchPage = async (
  deps: PageDeps,
  engine: LakeEngine,
  { search, scope, limit, cursor }: PageRequest,
): Promise<Answer> => {
  const { range } = search;
  // Sealed by this function for this scope: of this type.
  const place: Place =
    cursor === undefined
      ? { rest: { to: range.to }, searchedTo: range.to }
      : ((await deps.cursors.open(cursor, scope)) as Place);
  const startedAt = deps.now();
  const items: string[] = [];
  let { kept, rest, searchedTo, tries = 0 } = place;
  const room = answerRoom();
  let scannedBytes = 0;

  if (kept) {
    const read = await readKept(engine, kept, limit, room);
    // What was kept is gone after 48 hours; a cursor is stale before that, unless somebody emptied the folder.
    if (read) {
      items.push(...read.lines);
      kept = read.at < kept.bytes ? { ...kept, at: read.at } : undefined;
    } else kept = undefined;
  }

  if (!kept && rest && items.length < limit) {
    await deps.checkScan();
    const until = startedAt + (tries > 0 ? PATIENT_MS : LOOKING_MS);
    const result = await searchLogs(deps, engine, {
      ...search,
      range: { from: range.from, to: rest.to },
      ...(rest.after ? { after: rest.after } : {}),
      until,
    });
    scannedBytes = result.scannedBytes;
    await deps.scanned(scannedBytes);
    tries = result.rest && result.rest.to === rest.to && result.found.length === 0 ? tries + 1 : 0;
    rest = result.rest;
    searchedTo = rest ? rest.to : range.from;
    const count = fitting(result.found, limit - items.length, room);
    items.push(...result.found.slice(0, count).map(({ json }) => json));
    if (count < result.found.length) {
      const name = `search-${newId()}.ndjson`;
      const text = result.found.map(({ json }) => `${json}\n`).join("");
      await engine.keep(name, text);
      const at = result.found.slice(0, count).reduce((sum, { json }) => sum + bytesOf(json), 0);
      kept = { name, at, bytes: Buffer.byteLength(text) };
    }
  }

  const next: Place | undefined =
    kept || rest
      ? { searchedTo, ...(kept ? { kept } : {}), ...(rest ? { rest } : {}), ...(tries > 0 ? { tries } : {}) }
      : undefined;
  const sealed = next === undefined ? null : await deps.cursors.seal(next, scope);
  const tail = { cursor: sealed, searchedTo: new Date(searchedTo).toISOString(), bytesScanned: scannedBytes };
  return ok(new RawJson(`{"items":[${items.join(",")}],${JSON.stringify(tail).slice(1)}`));
};
