import {
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";

const ATHENA_TYPES: ReadonlyMap<DuckDBTypeId, string> = new Map([
  [DuckDBTypeId.BOOLEAN, "boolean"],
  [DuckDBTypeId.TINYINT, "tinyint"],
  [DuckDBTypeId.SMALLINT, "smallint"],
  [DuckDBTypeId.INTEGER, "integer"],
  [DuckDBTypeId.BIGINT, "bigint"],
  [DuckDBTypeId.UBIGINT, "bigint"],
  [DuckDBTypeId.HUGEINT, "bigint"],
  [DuckDBTypeId.FLOAT, "float"],
  [DuckDBTypeId.DOUBLE, "double"],
  [DuckDBTypeId.DECIMAL, "decimal"],
  [DuckDBTypeId.VARCHAR, "varchar"],
  [DuckDBTypeId.DATE, "date"],
  [DuckDBTypeId.TIMESTAMP, "timestamp"],
  [DuckDBTypeId.TIMESTAMP_TZ, "timestamp with time zone"],
  [DuckDBTypeId.INTERVAL, "interval day to second"],
  [DuckDBTypeId.LIST, "array"],
  [DuckDBTypeId.STRUCT, "row"],
  [DuckDBTypeId.MAP, "map"],
]);

/** What Athena calls the type of a column of the result. */
export const athenaType = (type: DuckDBType): string =>
  type.alias === "JSON" ? "json" : (ATHENA_TYPES.get(type.typeId) ?? "varchar");

const timeText = (microseconds: bigint): string =>
  new Date(Number(microseconds / 1000n)).toISOString().replace("T", " ").replace("Z", "");

/** As Java writes it: with a point, and as a power from ten millions on and below a thousandth. */
const doubleText = (value: number): string => {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits = "", power = ""] = value.toExponential().split("e");
    return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(power)}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
};

const partText = (value: DuckDBValue, type: DuckDBType | undefined): string =>
  type === undefined ? String(value) : (athenaText(value, type) ?? "null");

/** A value as the text that Athena answers; null is no text. */
export const athenaText = (value: DuckDBValue, type: DuckDBType): string | null => {
  if (value === null) return null;
  if (typeof value === "number") {
    const isDouble = type.typeId === DuckDBTypeId.DOUBLE || type.typeId === DuckDBTypeId.FLOAT;
    return isDouble ? doubleText(value) : String(value);
  }
  if (value instanceof DuckDBTimestampTZValue) return `${timeText(value.micros)} UTC`;
  if (value instanceof DuckDBTimestampValue) return timeText(value.micros);
  if (value instanceof DuckDBListValue) {
    const inner = type instanceof DuckDBListType ? type.valueType : undefined;
    return `[${value.items.map((item) => partText(item, inner)).join(", ")}]`;
  }
  if (value instanceof DuckDBStructValue) {
    const types = type instanceof DuckDBStructType ? type.entryTypes : [];
    const fields = Object.entries(value.entries).map(
      ([name, field], at) => `${name}=${partText(field, types[at])}`,
    );
    return `{${fields.join(", ")}}`;
  }
  if (value instanceof DuckDBMapValue) {
    return `{${value.entries.map(({ key, value: one }) => `${key}=${one ?? "null"}`).join(", ")}}`;
  }
  return String(value);
};
