import { describe, expect, it } from "vitest";
import { memoryTable } from "#common/table/testing/memory-table.ts";
import { unpackBatches } from "./chunk-file.ts";
import { cutSlice } from "./cut-file.ts";
import { objectKeys } from "./import-keys.ts";
import { openLedger } from "./ledger.ts";
import { registerDelivery } from "./register-import.ts";
import { memoryImportBucket } from "./testing/memory-import-bucket.ts";
import { type Toy, toyKind } from "./testing/toy-imports.ts";

const ROWS = 12;
const PADDING = "p".repeat(1_500);

const setup = async () => {
  const table = memoryTable();
  const { bucket } = memoryImportBucket();
  const ledger = openLedger(table);
  const nothing = async () => {};
  const queues = { file: nothing, chunk: nothing, revert: nothing };
  const key = "toys/demo/equal.csv";
  const rows = Array.from({ length: ROWS }, () => `a,,red,${PADDING}\n`);
  const text = `shelf,id,value,padding\n${rows.join("")}`;
  await bucket.put(key, Buffer.from(text), "text/csv");
  const arrival = { key, versionId: "0", bytes: text.length, timeMs: 1 };
  const deps = { table, bucket, ledger, queues, now: () => 0 };
  const record = await registerDelivery(deps)(toyKind, "demo", arrival);
  /** Cuts a slice that ends behind so many closed chunks. */
  const cut = (of: typeof record, chunks: number) => {
    let closed = 0;
    const now = () => {
      closed += 1;
      return closed >= chunks ? 1 : 0;
    };
    return cutSlice({ ...deps, chunkRows: 2, now }, toyKind, of, 1);
  };
  const ordinals = async () => {
    const chunks = await ledger.chunks(record.importId);
    const found = chunks.map(async ({ chunk }) => {
      const bytes = await bucket.get(objectKeys.chunk(record.importId, chunk));
      return unpackBatches<Toy>(bytes ?? new Uint8Array())
        .flat()
        .map(({ ordinal }) => ordinal);
    });
    return (await Promise.all(found)).flat();
  };
  return { ledger, record, cut, ordinals };
};

describe("a file that is cut in slices", () => {
  it("counts equal rows over its slices, also when a slower chunker ends the same slice elsewhere", async () => {
    const { ledger, record, cut, ordinals } = await setup();
    const quick = await cut(record, 1);
    if (quick.kind !== "more") throw new Error(`the slice came to ${quick.kind}`);
    // Another chunker at the same slice, which gets further before the first one moves the import on.
    const slow = await cut(record, 3);
    await ledger.move(record, { slice: 1, checkpoint: quick.checkpoint });
    const next = await ledger.read(record.importId);
    if (!next) throw new Error("the import is gone");

    const rest = await cut(next, Number.POSITIVE_INFINITY);

    expect([slow.kind, rest.kind]).toEqual(["more", "end"]);
    expect(await ordinals()).toEqual(Array.from({ length: ROWS }, (_, ordinal) => ordinal));
  });
});
