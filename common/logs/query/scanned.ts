import { AppError } from "#common/errors/app-error.ts";
import { numberOf, type Table } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";
import type { QueryLimits } from "./limits.ts";

const DAY_MS = 86_400_000;
/** A day's sum is of use for that day; a week answers a later question. */
const KEPT_DAYS = 7;

export type ScannedDeps = { table: Pick<Table, "get" | "putIfVersion">; now: Clock };

/** Bytes that an organization's queries scanned on each UTC day: `o#scanned` / `<day>`. */
export const scannedBytes = ({ table, now }: ScannedDeps) => {
  const key = (organizationId: string) => ({
    pk: `${organizationId}#scanned`,
    sk: new Date(now()).toISOString().slice(0, 10),
  });

  return {
    /** Throws `SCAN_LIMIT_REACHED` when the day has none left. */
    check: async (organizationId: string, { dayBytes }: Pick<QueryLimits, "dayBytes">): Promise<void> => {
      const item = await table.get(key(organizationId), { consistent: true });
      if (!item || numberOf(item, "bytes") < dayBytes) return;
      throw new AppError("SCAN_LIMIT_REACHED", {
        retryAfterSeconds: Math.ceil((DAY_MS - (now() % DAY_MS)) / 1_000),
      });
    },

    /** Adds to the day's sum. What a killed function did not add is missing from it. */
    add: async (organizationId: string, bytes: number): Promise<void> => {
      if (bytes === 0) return;
      const at = key(organizationId);
      let item = await table.get(at, { consistent: true });
      for (;;) {
        const version = item ? numberOf(item, "version") : 0;
        const sum = (item ? numberOf(item, "bytes") : 0) + bytes;
        const expiresAt = Math.floor(now() / 1_000) + KEPT_DAYS * 86_400;
        const result = await table.putIfVersion(
          { ...at, bytes: sum, expiresAt, version: version + 1 },
          version,
        );
        if (result.done) return;
        item = result.present;
      }
    },
  };
};
export type Scanned = ReturnType<typeof scannedBytes>;
