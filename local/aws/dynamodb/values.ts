import { AwsError } from "../port/errors.ts";
import { isRecord } from "../port/input.ts";

/** The attribute itself is the first level, so this many maps and lists within each other are too many. */
const CONTAINERS_MAX = 32;

const invalid = (message: string) => new AwsError("ValidationException", message);

/** Whether an attribute's value holds more maps and lists within each other than DynamoDB stores. */
const isTooDeep = (value: unknown, containers = 0): boolean => {
  if (!isRecord(value)) return false;
  const inner = isRecord(value.M) ? Object.values(value.M) : Array.isArray(value.L) ? value.L : undefined;
  if (inner === undefined) return false;
  return containers + 1 >= CONTAINERS_MAX || inner.some((one) => isTooDeep(one, containers + 1));
};

/** Refuses the attributes of an item, or the values of an expression, that are nested too deeply. */
export const checkNesting = (attributes: unknown): void => {
  if (isRecord(attributes) && Object.values(attributes).some((value) => isTooDeep(value))) {
    throw invalid(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
    );
  }
};

const canonicalNumber = (text: string): string => {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?\s*$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === "-" ? "-" : ""}${significant}e${power}`;
};

const canonicalSet = (members: unknown[], member: (text: string) => string): string[] =>
  members.map((one) => member(String(one))).sort();

/**
 * A request's values in one spelling: names in order, numbers by their value, sets without an order. Two
 * requests that mean the same have the same text.
 */
export const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isRecord(value)) return value;
  const names = Object.keys(value).sort();
  if (names.length === 1) {
    if (typeof value.N === "string") return { N: canonicalNumber(value.N) };
    if (Array.isArray(value.NS)) return { NS: canonicalSet(value.NS, canonicalNumber) };
    if (Array.isArray(value.SS)) return { SS: canonicalSet(value.SS, String) };
    if (Array.isArray(value.BS)) return { BS: canonicalSet(value.BS, String) };
  }
  return Object.fromEntries(names.map((name) => [name, canonical(value[name])]));
};
