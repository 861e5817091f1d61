import { type Fault, FaultList, step } from "#common/errors/fault.ts";

/**
 * What a number that loses digits may look like: 16 digits or more, or an exponent of three. Up to 15 digits
 * and two of an exponent always come back from a double as they were written.
 */
const SUSPECT = /\d[\d.]{15}|[eE][+-]?\d{3}/;

/** Significant digits and the power of ten behind them: the same for every spelling of a number. */
const parts = (text: string): string => {
  const [, whole = "", fraction = "", exponent = "0"] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  return `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
};

/** Whether reading the number as a double and writing it again gives the digits that were sent. */
export const isExact = (source: string): boolean => {
  const value = Number(source);
  return Number.isFinite(value) && parts(source) === parts(String(value));
};

class Inexact {}

const MESSAGE =
  "is a number that loses digits as a double, and would not be kept as it was sent; send it as a string";

/**
 * The numbers of a JSON text that would be changed by keeping them: `12345678901234567890`, `1e400`. The
 * chain is over RFC 8785, whose numbers are doubles, so there is no keeping them. The text must be
 * valid and not too deep.
 */
export const numberFaults = (text: string): Fault[] => {
  if (!SUSPECT.test(text)) return [];
  const reviver = (_: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === "number" && !isExact(context?.source ?? String(value)) ? new Inexact() : value;
  const list = new FaultList();
  const find = (value: unknown, path: string): void => {
    if (value instanceof Inexact) list.add({ path, message: MESSAGE });
    else if (typeof value === "object" && value !== null) {
      for (const [name, inner] of Object.entries(value)) find(inner, path + step(name));
    }
  };
  find(JSON.parse(text, reviver), "");
  return list.faults;
};
