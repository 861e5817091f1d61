import { SqlFault } from "./parse-sql.ts";

/** A call's arguments in DuckDB's dialect, and those of them that are literals, as they were written. */
export type CallArguments = {
  readonly all: readonly string[];
  /** The text of the argument, which must be a literal; throws `SqlFault` otherwise. */
  text(at: number): string;
};

/** How a function of Athena is written for DuckDB. */
export type KnownFunction = {
  min: number;
  max: number;
  /** Aggregates and window functions take DISTINCT, ORDER BY, FILTER and OVER; their arguments stay as they are. */
  kind: "scalar" | "aggregate" | "window";
  /** The argument that is a lambda. */
  lambdaAt?: number;
  /** The name of the aggregate or window function in DuckDB. */
  name?: string;
  render?(call: CallArguments): string;
};

const arity = (min: number, max: number) => ({ min, max });

/** Stands in DuckDB under the same name and does the same. */
const same = (min: number, max = min): KnownFunction => ({ ...arity(min, max), kind: "scalar" });
const named = (name: string, min: number, max = min): KnownFunction => ({
  ...arity(min, max),
  kind: "scalar",
  render: ({ all }) => `${name}(${all.join(", ")})`,
});
const made = (min: number, max: number, render: (call: CallArguments) => string): KnownFunction => ({
  ...arity(min, max),
  kind: "scalar",
  render,
});
const aggregate = (name: string, min = 1, max = min): KnownFunction => ({
  ...arity(min, max),
  kind: "aggregate",
  name,
});
const window = (name: string, min = 0, max = min): KnownFunction => ({
  ...arity(min, max),
  kind: "window",
  name,
});
const overLambda = (render: (list: string, lambda: string) => string): KnownFunction => ({
  ...arity(2, 2),
  kind: "scalar",
  lambdaAt: 1,
  render: ({ all: [list = "", lambda = ""] }) => render(list, lambda),
});

const UNITS = ["millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"];

const unitOf = (call: CallArguments, at: number): string => {
  const unit = call.text(at).toLowerCase();
  if (UNITS.includes(unit)) return unit;
  throw new SqlFault(`'${unit}' is not a known unit of time; known are ${UNITS.join(", ")}`);
};

/** MySQL's codes, which `date_format` takes, and DuckDB's for the same. */
const FORMAT_CODES: Readonly<Record<string, string>> = {
  "%Y": "%Y",
  "%y": "%y",
  "%m": "%m",
  "%d": "%d",
  "%H": "%H",
  "%i": "%M",
  "%s": "%S",
  "%S": "%S",
  "%j": "%j",
  "%T": "%H:%M:%S",
  "%b": "%b",
  "%M": "%B",
  "%a": "%a",
  "%W": "%A",
  "%p": "%p",
  "%%": "%%",
};

const formatOf = (format: string): string =>
  format.replace(/%./gs, (code) => {
    const known = FORMAT_CODES[code];
    if (known === undefined) throw new SqlFault(`date_format does not know the code ${code}`);
    return known;
  });

/** Steps by name or number: the paths whose meaning JSONPath's many readings share. */
const JSON_PATH = /^\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\[[0-9]{1,6}\]|\["[^"\\]{1,200}"\])*$/;

const pathOf = (call: CallArguments): string => {
  const path = call.text(1);
  if (!JSON_PATH.test(path)) {
    throw new SqlFault(
      `'${path.slice(0, 100)}' is not a known path; known are $.name, $["name"] and $[0], one after another`,
    );
  }
  return quoted(path.replaceAll(/\["([^"]*)"\]/g, '."$1"'));
};

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const replacement = (call: CallArguments): string => {
  const text = call.all.length === 3 ? call.text(2) : "";
  if (/[$\\]/.test(text)) throw new SqlFault("regexp_replace does not know groups ($1) in its replacement");
  return quoted(text);
};

/** Every function that a query may call, by its name in Athena. docs/logs-sql.md lists them; a test walks the list. */
export const KNOWN_FUNCTIONS: Readonly<Record<string, KnownFunction>> = {
  // Text.
  lower: same(1),
  upper: same(1),
  ltrim: same(1),
  rtrim: same(1),
  length: made(1, 1, ({ all: [text] }) => `length(CAST(${text} AS VARCHAR))`),
  replace: made(2, 3, ({ all: [text, from, to = "''"] }) => `replace(${text}, ${from}, ${to})`),
  reverse: same(1),
  concat: made(2, 100, ({ all }) => `(${all.join(" || ")})`),
  substr: named("athena_substr", 2, 3),
  substring: named("athena_substr", 2, 3),
  strpos: same(2),
  starts_with: same(2),
  split: named("string_split", 2),
  split_part: named("athena_split_part", 3),
  regexp_like: named("regexp_matches", 2),
  regexp_extract: made(
    2,
    3,
    ({ all: [text, pattern, group = "0"] }) => `athena_regexp_extract(${text}, ${pattern}, ${group})`,
  ),
  regexp_replace: made(
    2,
    3,
    (call) => `regexp_replace(${call.all[0]}, ${call.all[1]}, ${replacement(call)}, 'g')`,
  ),

  // Numbers.
  abs: same(1),
  ceil: same(1),
  ceiling: named("ceil", 1),
  floor: same(1),
  round: same(1, 2),
  sqrt: same(1),
  power: same(2),
  pow: named("power", 2),
  ln: same(1),
  log10: same(1),
  sign: same(1),
  mod: named("athena_mod", 2),
  greatest: named("athena_greatest", 2, 2),
  least: named("athena_least", 2, 2),

  // Choices.
  coalesce: same(1, 100),
  nullif: same(2),
  if: made(
    2,
    3,
    ({ all: [when, then, other = "NULL"] }) => `(CASE WHEN ${when} THEN ${then} ELSE ${other} END)`,
  ),

  // Time, in UTC.
  now: same(0),
  date: made(1, 1, ({ all: [value] }) => `CAST(${value} AS DATE)`),
  date_trunc: made(2, 2, (call) => `date_trunc('${unitOf(call, 0)}', ${call.all[1]})`),
  date_diff: made(3, 3, (call) => `date_sub('${unitOf(call, 0)}', ${call.all[1]}, ${call.all[2]})`),
  date_add: made(3, 3, (call) => `(${call.all[2]} + (${call.all[1]}) * INTERVAL '1' ${unitOf(call, 0)})`),
  date_format: made(2, 2, (call) => `strftime(${call.all[0]}, ${quoted(formatOf(call.text(1)))})`),
  from_iso8601_timestamp: made(1, 1, ({ all: [text] }) => `CAST(${text} AS TIMESTAMPTZ)`),
  to_unixtime: made(1, 1, ({ all: [time] }) => `CAST(epoch(${time}) AS DOUBLE)`),
  from_unixtime: made(1, 1, ({ all: [seconds] }) => `CAST(to_timestamp(${seconds}) AS TIMESTAMP)`),
  year: same(1),
  quarter: same(1),
  month: same(1),
  week: same(1),
  day: same(1),
  hour: same(1),
  minute: same(1),
  second: same(1),
  day_of_week: named("isodow", 1),
  day_of_year: named("dayofyear", 1),

  // JSON text, which `detail` and `extra` are.
  json_extract_scalar: made(2, 2, (call) => `athena_json_scalar(${call.all[0]}, ${pathOf(call)})`),
  json_extract: made(2, 2, (call) => `athena_json(${call.all[0]}, ${pathOf(call)})`),
  json_array_length: named("athena_json_array_length", 1),
  json_parse: made(1, 1, ({ all: [text] }) => `CAST(${text} AS JSON)`),
  json_format: made(1, 1, ({ all: [json] }) => `CAST(${json} AS VARCHAR)`),

  // Arrays, which `events` is.
  cardinality: named("len", 1),
  element_at: named("athena_element_at", 2),
  contains: named("list_contains", 2),
  array_join: named("array_to_string", 2),
  array_max: named("list_max", 1),
  array_min: named("list_min", 1),
  filter: overLambda((list, lambda) => `list_filter(${list}, ${lambda})`),
  transform: overLambda((list, lambda) => `list_transform(${list}, ${lambda})`),
  any_match: overLambda((list, lambda) => `athena_any(list_transform(${list}, ${lambda}))`),
  all_match: overLambda((list, lambda) => `athena_all(list_transform(${list}, ${lambda}))`),
  none_match: overLambda((list, lambda) => `(NOT athena_any(list_transform(${list}, ${lambda})))`),

  // Aggregates.
  count: aggregate("count", 0, 1),
  count_if: aggregate("count_if"),
  sum: aggregate("sum"),
  avg: aggregate("avg"),
  min: aggregate("min"),
  max: aggregate("max"),
  min_by: aggregate("arg_min", 2),
  max_by: aggregate("arg_max", 2),
  arbitrary: aggregate("any_value"),
  any_value: aggregate("any_value"),
  array_agg: aggregate("array_agg"),
  bool_and: aggregate("bool_and"),
  bool_or: aggregate("bool_or"),
  every: aggregate("bool_and"),
  approx_distinct: aggregate("approx_count_distinct"),
  approx_percentile: aggregate("quantile_disc", 2),
  stddev: aggregate("stddev_samp"),
  variance: aggregate("var_samp"),

  // Windows.
  row_number: window("row_number"),
  rank: window("rank"),
  dense_rank: window("dense_rank"),
  percent_rank: window("percent_rank"),
  cume_dist: window("cume_dist"),
  ntile: window("ntile", 1),
  lag: window("lag", 1, 3),
  lead: window("lead", 1, 3),
  first_value: window("first_value", 1),
  last_value: window("last_value", 1),
  nth_value: window("nth_value", 2),
};
