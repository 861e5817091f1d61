import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ParseTree } from "antlr4ng";
import type { LakeTable } from "#common/logs/lake-tables.ts";
import { identifier } from "#common/logs/sql/to-duckdb.ts";
import { fixedTexts, mayMatch, type PartitionValues } from "./prune.ts";

/** What a query reads of one table. */
export type Scan = {
  /** To stand after FROM. */
  sql: string;
  files: string[];
  /** The folders that hold all of them, for this table and each organization that the query names. */
  directories: string[];
  /** The keys that they begin with, for the policy. */
  prefixes: string[];
  /** Of the files, as they lie. */
  bytes: number;
};

const DUCKDB_TYPES: Readonly<Record<string, string>> = {
  string: "VARCHAR",
  int: "INTEGER",
  boolean: "BOOLEAN",
};

/** `array<struct<a:string,b:int>>` as DuckDB's type, with the fields' names as `nameOf` gives them. */
const structFields = (type: string): [name: string, type: string][] => {
  const inner = /^array<struct<(.*)>>$/.exec(type)?.[1];
  if (inner === undefined) throw new Error(`a column of type ${type} is not known`);
  return inner.split(",").map((field) => {
    const [name = "", of = ""] = field.split(":");
    return [name, DUCKDB_TYPES[of] ?? "VARCHAR"];
  });
};

const typeOf = (type: string, nameOf: (name: string) => string): string =>
  DUCKDB_TYPES[type] ??
  `STRUCT(${structFields(type)
    .map(([name, of]) => `${identifier(nameOf(name))} ${of}`)
    .join(", ")})[]`;

/** JSON's own names of fields, where they are not the columns' (case matters to DuckDB's reader of JSON alone). */
export type FieldNames = (column: string) => string;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Rows' fields in lower case, as Glue has them. */
const column = (name: string, type: string, field: FieldNames): string => {
  if (DUCKDB_TYPES[type] !== undefined) return `${identifier(field(name))} AS ${identifier(name)}`;
  const fields = structFields(type).map(([part]) => `${identifier(part)} := one.${identifier(field(part))}`);
  return `list_transform(${identifier(field(name))}, lambda one: struct_pack(${fields.join(", ")})) AS ${identifier(name)}`;
};

const partitionList = ({ partitions }: LakeTable): string =>
  partitions.map(({ name }) => identifier(name)).join(", ");

/** A table of which the query reads nothing still has its columns. */
const nothing = (table: LakeTable): string => {
  const columns = [...table.columns, ...table.partitions].map(
    ({ name, type }) => `CAST(NULL AS ${typeOf(type, (part) => part)}) AS ${identifier(name)}`,
  );
  return `(SELECT ${columns.join(", ")} WHERE false)`;
};

const reader = (table: LakeTable, files: readonly string[], field: FieldNames): string => {
  const paths = `[${files.map(quoted).join(", ")}]`;
  const types = table.partitions.map(({ name, type }) => `${quoted(name)}: '${DUCKDB_TYPES[type]}'`);
  const hive = `hive_partitioning = true, hive_types = {${types.join(", ")}}`;
  if (table.form === "parquet") {
    const columns = table.columns.map(({ name }) => identifier(name)).join(", ");
    return `(SELECT ${columns}, ${partitionList(table)} FROM read_parquet(${paths}, ${hive}))`;
  }
  const declared = table.columns.map(
    ({ name, type }) => `${quoted(field(name))}: ${quoted(typeOf(type, field))}`,
  );
  const columns = table.columns.map(({ name, type }) => column(name, type, field)).join(", ");
  return `(SELECT ${columns}, ${partitionList(table)} FROM read_json(${paths}, format = 'newline_delimited', compression = 'gzip', ignore_errors = true, columns = {${declared.join(", ")}}, ${hive}))`;
};

const placeOf = (name: string): string => `\${${name}}`;

const namesIn = (folder: string): { name: string; isFolder: boolean }[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    }));
  } catch {
    return [];
  }
};

/**
 * The files of a table that can hold what the condition asks for. Folders are read level by level, and a folder
 * whose values cannot match is not entered. Throws Athena's error unless the condition says the organization.
 */
export const planScan = (
  table: LakeTable,
  root: string,
  condition: ParseTree | null | undefined,
  field: FieldNames,
): Scan => {
  const organizations = fixedTexts(condition, "organization");
  if (!organizations) {
    throw new Error(
      "CONSTRAINT_VIOLATION: For the injected projected partition column organization, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.",
    );
  }
  // Any other value has no folder, and must not lead out of one.
  const named = organizations.filter((organization) => /^[a-z0-9-]+$/.test(organization));
  const types = new Map(table.partitions.map(({ name, type }) => [name, type]));
  const steps = table.template.split("/").filter(Boolean);
  const files: string[] = [];
  const walk = (folder: string, at: number, values: PartitionValues): void => {
    const step = steps[at];
    if (step === undefined) {
      for (const { name, isFolder } of namesIn(folder)) {
        if (!isFolder && !/^[._]/.test(name)) files.push(join(folder, name));
      }
      return;
    }
    const [name = "", value] = step.split("=");
    if (value === undefined || !value.startsWith("$")) {
      walk(join(folder, step), at + 1, values);
      return;
    }
    for (const entry of namesIn(folder)) {
      if (!entry.isFolder || !entry.name.startsWith(`${name}=`)) continue;
      const text = entry.name.slice(name.length + 1);
      const known = { ...values, [name]: types.get(name) === "int" ? Number(text) : text };
      if (mayMatch(condition, known)) walk(join(folder, entry.name), at + 1, known);
    }
  };
  walk(root, 0, {});

  const environment = fixedTexts(condition, "environment")?.[0] ?? "";
  const prefixes = named.map((organization) => {
    const end = steps.findIndex((step) => step.startsWith("year="));
    const head = steps.slice(0, end).join("/");
    return `${head.replace(placeOf("environment"), environment).replace(placeOf("organization"), organization)}/`;
  });
  return {
    sql: files.length === 0 ? nothing(table) : reader(table, files, field),
    files,
    directories: prefixes.map((prefix) => `${join(root, prefix)}/`.replace(/\/+$/, "/")),
    prefixes,
    bytes: files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0),
  };
};
