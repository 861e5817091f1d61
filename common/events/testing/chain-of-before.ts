import { readFileSync } from "node:fs";
import type { Item } from "#common/table/table.ts";
import { type MemoryTable, memoryTable } from "#common/table/testing/memory-table.ts";

type StoredValue = string | number | { bytes: string };

/**
 * A table as it was written before events had `recordedBy` and `targets`: five events (one with a large
 * detail) and an audit event of the organization `demo`. Its hashes never change.
 */
export const chainOfBefore = async (): Promise<MemoryTable> => {
  const text = readFileSync(new URL("chain-of-before.json", import.meta.url), "utf8");
  const stored = JSON.parse(text) as Record<string, StoredValue>[];
  const items = stored.map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([name, value]) => [
        name,
        typeof value === "object" ? new Uint8Array(Buffer.from(value.bytes, "base64")) : value,
      ]),
    ),
  );
  const table = memoryTable();
  await table.putAll(items as Item[]);
  return table;
};
