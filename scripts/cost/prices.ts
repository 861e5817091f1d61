import { readFileSync } from "node:fs";
import { join } from "node:path";

const bench = join(import.meta.dirname, "../../bench");
const readJson = (file: string): unknown => JSON.parse(readFileSync(join(bench, file), "utf8"));

export type Price = {
  usd: number;
  /** How many units the price is for. */
  per: number;
  unit: string;
  /** AWS's own page. */
  source: string;
  /** A public text that states the figure; null where none was found. */
  seen: string | null;
};
export type PriceList = { region: string; prices: Readonly<Record<string, Price>> };

/** By a number of events, for example `{ "100": 1.22 }`. */
export type BySize = Readonly<Record<string, number>>;

/** What benchmarks measured on a machine, and what is only assumed; bench/measured.json says where. */
export type Measured = {
  where: string;
  by: string;
  recorderCpuMs: BySize;
  chainedEventsPerCpuSecond: number;
  itemsPutPerCpuSecond: number;
  itemsPutPerCpuSecondNaive: number;
  writeUnitsPerEvent: BySize;
  readUnitsPerEvent: number;
  eventBytes: number;
  logLineBytes: number;
  assumed: {
    why: string;
    recorderWaitMs: number;
    persisterWaitMs: number;
    naivePersisterWaitMs: number;
    tracedShare: number;
    accessLogBytes: number;
  };
};

export const readPrices = (): PriceList => readJson("prices.json") as PriceList;
export const readMeasured = (): Measured => readJson("measured.json") as Measured;
export const readBilled = (file: string): unknown => readJson(join("billed", file));

/** Dollars for so many units. A price that is not in the list is a fault of the program. */
export const dollars = ({ prices }: PriceList, name: string, units: number): number => {
  const price = prices[name];
  if (price === undefined) throw new Error(`bench/prices.json has no price ${name}.`);
  return (units * price.usd) / price.per;
};

/** The figure for the largest measured size that is not above `size`. */
export const atSize = (figures: BySize, size: number): number => {
  const sizes = Object.keys(figures)
    .map(Number)
    .sort((one, other) => one - other);
  const nearest = sizes.filter((one) => one <= size).at(-1) ?? sizes[0];
  const figure = figures[String(nearest)];
  if (figure === undefined) throw new Error("No size was measured.");
  return figure;
};
