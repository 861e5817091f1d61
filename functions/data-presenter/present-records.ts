import type { Member } from "#common/auth/caller.ts";
import { type DataRecord, ownerOf, recordJson } from "#common/data/record.ts";
import { AppError } from "#common/errors/app-error.ts";
import { RawJson } from "#common/http/answers.ts";
import { isUuid } from "#common/ids/uuid.ts";
import type { Cursors } from "#common/paging/cursor.ts";

export type RecordReader = {
  get(owner: string, id: string): Promise<DataRecord | undefined>;
  /** Up to `count` records, newest first, older than the record `before`. Fewer only when there are no more. */
  newest(owner: string, count: number, before?: string): Promise<DataRecord[]>;
};

export type PresentRecordsDeps = { records: RecordReader; cursors: Cursors };

/**
 * Lambda answers at most 6,291,556 bytes, counted after the page has become a JSON string and each of
 * its quotes two bytes; what a page holds beyond this goes to the next one.
 */
const PAGE_BYTES_MAX = 6_000_000;

const bytesInAnswer = (record: DataRecord): number => Buffer.byteLength(JSON.stringify(recordJson(record)));

/** As many of the records as fit one answer; at least one. */
const fitting = (records: DataRecord[]): DataRecord[] => {
  let bytes = 0;
  const end = records.findIndex((record, index) => {
    bytes += bytesInAnswer(record);
    return index > 0 && bytes > PAGE_BYTES_MAX;
  });
  return end === -1 ? records : records.slice(0, end);
};

export const makePresentRecords = ({ records, cursors }: PresentRecordsDeps) => {
  const scopeOf = (caller: Member) => ({ ...caller, route: "GET /data", filters: {} });

  return {
    /** One of the caller's records; anybody else's is as if it were not there. */
    one: async (caller: Member, id: string): Promise<RawJson> => {
      // Nothing else is asked of the table, which refuses keys beyond 1,024 bytes.
      const record = isUuid(id) ? await records.get(ownerOf(caller), id) : undefined;
      if (!record) throw new AppError("NOT_FOUND");
      return new RawJson(recordJson(record));
    },

    /** A page, newest first. One record more is looked for, so that the cursor is null exactly at the end. */
    page: async (
      caller: Member,
      { limit, cursor }: { limit: number; cursor?: string | undefined },
    ): Promise<RawJson> => {
      const scope = scopeOf({ organizationId: caller.organizationId, userId: caller.userId });
      const before = cursor === undefined ? undefined : String(await cursors.open(cursor, scope));
      const found = await records.newest(ownerOf(caller), limit + 1, before);
      const items = fitting(found.slice(0, limit));
      const last = items.at(-1);
      const next = last && items.length < found.length ? await cursors.seal(last.id, scope) : null;
      return new RawJson(`{"items":[${items.map(recordJson).join()}],"cursor":${JSON.stringify(next)}}`);
    },
  };
};
