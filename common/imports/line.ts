import type { Item, Write } from "#common/table/table.ts";
import { numberOf, textOf } from "#common/table/table.ts";
import { lineKey } from "./import-keys.ts";

/** An import or a take-back that has drawn a number and is not through. */
export type LineEntry = { number: number; importId: string; kind: "import" | "takeBack" };

/**
 * The line of an organization's imports and take-backs of one service: one counter. An import loads when no lower
 * take-back is left; a take-back works when nothing lower is left.
 */
export type Line = {
  organizationId: string;
  service: string;
  next: number;
  entries: readonly LineEntry[];
  /** 0 while nothing stands there. */
  version: number;
};

export const lineOf = (organizationId: string, service: string, item: Item | undefined): Line => ({
  organizationId,
  service,
  next: item ? numberOf(item, "next") : 1,
  entries: item ? (JSON.parse(textOf(item, "entries")) as LineEntry[]) : [],
  version: item ? numberOf(item, "version") : 0,
});

/** The write that puts a changed line, if it is still as it was read. */
export const putLine = (line: Line): Write => {
  const put = {
    ...lineKey(line.organizationId, line.service),
    next: line.next,
    entries: JSON.stringify(line.entries),
    version: line.version + 1,
  };
  return line.version === 0 ? { put, absent: true } : { put, version: line.version };
};

/** Draws a number. A dry run holds up nothing, and so takes no place in the line. */
export const draw = (
  line: Line,
  importId: string,
  kind: LineEntry["kind"],
  { inLine = true } = {},
): { line: Line; number: number } => ({
  number: line.next,
  line: {
    ...line,
    next: line.next + 1,
    entries: inLine ? [...line.entries, { number: line.next, importId, kind }] : line.entries,
  },
});

export const leave = (line: Line, number: number): Line => ({
  ...line,
  entries: line.entries.filter((entry) => entry.number !== number),
});

export const hasImports = ({ entries }: Line): boolean => entries.some(({ kind }) => kind === "import");

/** Whether an import of this number must wait for a take-back. */
export const importWaits = ({ entries }: Line, number: number): boolean =>
  entries.some((entry) => entry.kind === "takeBack" && entry.number < number);

/** Whether a take-back of this number must wait for an import or another take-back. */
export const takeBackWaits = ({ entries }: Line, number: number): boolean =>
  entries.some((entry) => entry.number < number);
