import type { Member } from "#common/auth/caller.ts";
import { type DataRecord, ownerOf, recordJson } from "#common/data/record.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Answer, RawJson } from "#common/http/answers.ts";
import { isUuid } from "#common/ids/uuid.ts";
import { openPage } from "#common/paging/answer-page.ts";
import type { Cursors } from "#common/paging/cursor.ts";

export type RecordReader = {
  get(owner: string, id: string): Promise<DataRecord | undefined>;
  /** Up to `count` records, newest first, older than the record `before`. Fewer only when there are no more. */
  newest(owner: string, count: number, before?: string): Promise<DataRecord[]>;
};

export type PresentRecordsDeps = { records: RecordReader; cursors: Cursors };

export const makePresentRecords = ({ records, cursors }: PresentRecordsDeps) => {
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
      { organizationId, userId }: Member,
      { limit, cursor }: { limit: number; cursor?: string | undefined },
    ): Promise<Answer> => {
      const page = await openPage({
        cursors,
        scope: { organizationId, userId, route: "GET /data", filters: {} },
        cursor,
        find: async (before: string | undefined) => {
          const found = await records.newest(ownerOf({ organizationId, userId }), limit + 1, before);
          const items = found.slice(0, limit);
          return { items, next: found.length > limit ? items.at(-1)?.id : undefined };
        },
        toJson: recordJson,
        positionOf: ({ id }) => id,
      });
      return page();
    },
  };
};
