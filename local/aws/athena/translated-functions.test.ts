import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KNOWN_FUNCTIONS } from "#common/logs/sql/known-functions.ts";
import { translateSql } from "#common/logs/sql/to-duckdb.ts";
import { runQuery } from "./run-query.ts";

/**
 * For each function that a query may call: calls, and what Athena answers to them by Trino's documentation. Every
 * value is shown as its text; null is `null`.
 */
const ANSWERS: Readonly<Record<string, readonly [sql: string, answer: string][]>> = {
  lower: [["lower('ÄB')", "äb"]],
  upper: [["upper('äb')", "ÄB"]],
  ltrim: [["ltrim('  a ')", "a "]],
  rtrim: [["rtrim('  a ')", "  a"]],
  length: [["length('é👍')", "2"]],
  replace: [
    ["replace('abca', 'a')", "bc"],
    ["replace('abca', 'a', 'x')", "xbcx"],
  ],
  reverse: [["reverse('abc')", "cba"]],
  concat: [
    ["concat('a', 'b', 'c')", "abc"],
    ["concat('a', null)", "null"],
  ],
  substr: [
    ["substr('hello', 2)", "ello"],
    ["substr('hello', 2, 2)", "el"],
    ["substr('hello', -2)", "lo"],
    ["substr('hello', 0)", ""],
    ["substr('hello', -9)", ""],
  ],
  substring: [["substring('hello', 1, 4)", "hell"]],
  strpos: [
    ["strpos('hello', 'l')", "3"],
    ["strpos('hello', 'z')", "0"],
    ["strpos('50%_', '%_')", "3"],
  ],
  starts_with: [["starts_with('hello', 'he')", "true"]],
  split: [["split('a,b', ',')", "[a, b]"]],
  split_part: [
    ["split_part('a,b', ',', 2)", "b"],
    ["split_part('a,b', ',', 3)", "null"],
  ],
  regexp_like: [["regexp_like('hello', 'l+o$')", "true"]],
  regexp_extract: [
    ["regexp_extract('a12', '[0-9]+')", "12"],
    ["regexp_extract('a12', '([a-z])([0-9])', 2)", "1"],
    ["regexp_extract('a12', 'z')", "null"],
  ],
  regexp_replace: [
    ["regexp_replace('a1b2', '[0-9]')", "ab"],
    ["regexp_replace('a1b2', '[0-9]', '#')", "a#b#"],
  ],
  abs: [["abs(-3)", "3"]],
  ceil: [["ceil(1.5e0)", "2.0"]],
  ceiling: [["ceiling(1.5e0)", "2.0"]],
  floor: [["floor(-1.5e0)", "-2.0"]],
  round: [
    ["round(2.5e0)", "3.0"],
    ["round(1.234e0, 2)", "1.23"],
  ],
  sqrt: [["sqrt(9)", "3.0"]],
  power: [["power(2, 3)", "8.0"]],
  pow: [["pow(2, 3)", "8.0"]],
  ln: [["ln(1)", "0.0"]],
  log10: [["log10(100)", "2.0"]],
  sign: [["sign(-7)", "-1"]],
  mod: [["mod(7, 3)", "1"]],
  greatest: [
    ["greatest(1, 3)", "3"],
    ["greatest(1, null)", "null"],
  ],
  least: [
    ["least(1, 3)", "1"],
    ["least(null, 1)", "null"],
  ],
  coalesce: [["coalesce(null, 'x')", "x"]],
  nullif: [["nullif(1, 1)", "null"]],
  if: [
    ["if(true, 'a', 'b')", "a"],
    ["if(false, 'a')", "null"],
  ],
  now: [["now() > timestamp '2020-01-01 00:00:00 UTC'", "true"]],
  date: [["date(timestamp '2026-01-31 12:00:00')", "2026-01-31"]],
  date_trunc: [
    ["date_trunc('hour', timestamp '2026-01-31 12:34:56')", "2026-01-31 12:00:00.000"],
    ["date_trunc('week', timestamp '2026-11-21 12:34:56')", "2026-11-16 00:00:00.000"],
  ],
  date_diff: [
    ["date_diff('hour', timestamp '2026-01-01 10:59:00', timestamp '2026-01-01 12:00:00')", "1"],
    ["date_diff('day', date '2026-01-01', date '2026-01-31')", "30"],
  ],
  date_add: [["date_add('minute', -5, timestamp '2026-01-01 00:00:00')", "2025-12-31 23:55:00.000"]],
  date_format: [["date_format(timestamp '2026-01-31 12:34:56', '%Y-%m-%d %H:%i:%s')", "2026-01-31 12:34:56"]],
  from_iso8601_timestamp: [
    ["from_iso8601_timestamp('2026-01-31T12:34:56.789Z')", "2026-01-31 12:34:56.789 UTC"],
    ["from_iso8601_timestamp('2026-01-31T12:34:56+02:00')", "2026-01-31 10:34:56.000 UTC"],
  ],
  to_unixtime: [["to_unixtime(timestamp '1970-01-01 00:01:00')", "60.0"]],
  from_unixtime: [["date_trunc('second', from_unixtime(60))", "1970-01-01 00:01:00.000"]],
  year: [["year(timestamp '2026-11-21 10:20:30')", "2026"]],
  quarter: [["quarter(timestamp '2026-11-21 10:20:30')", "4"]],
  month: [["month(timestamp '2026-11-21 10:20:30')", "11"]],
  week: [["week(timestamp '2026-11-21 10:20:30')", "47"]],
  day: [["day(timestamp '2026-11-21 10:20:30')", "21"]],
  hour: [["hour(timestamp '2026-11-21 10:20:30')", "10"]],
  minute: [["minute(timestamp '2026-11-21 10:20:30')", "20"]],
  second: [["second(timestamp '2026-11-21 10:20:30')", "30"]],
  day_of_week: [["day_of_week(date '2026-11-22')", "7"]],
  day_of_year: [["day_of_year(date '2026-02-01')", "32"]],
  json_extract_scalar: [
    [`json_extract_scalar('{"a":{"b":[1,"x"]}}', '$.a.b[1]')`, "x"],
    [`json_extract_scalar('{"a b":true}', '$["a b"]')`, "true"],
    [`json_extract_scalar('{"a":{}}', '$.a')`, "null"],
    [`json_extract_scalar('{"a":null}', '$.a')`, "null"],
    ["json_extract_scalar('no json', '$.a')", "null"],
  ],
  json_extract: [[`json_format(json_extract('{"a":[1,2]}', '$.a'))`, "[1,2]"]],
  json_array_length: [
    ["json_array_length('[1,2,3]')", "3"],
    ["json_array_length('{}')", "null"],
  ],
  json_parse: [[`json_format(json_parse('{"a":1}'))`, `{"a":1}`]],
  json_format: [["json_format(cast(ARRAY[1, 2] as json))", "[1,2]"]],
  cardinality: [["cardinality(ARRAY['a', 'b'])", "2"]],
  element_at: [
    ["element_at(ARRAY['a', 'b'], 2)", "b"],
    ["element_at(ARRAY['a', 'b'], 3)", "null"],
    ["element_at(ARRAY['a', 'b'], -1)", "b"],
  ],
  contains: [["contains(ARRAY['a', 'b'], 'b')", "true"]],
  array_join: [["array_join(ARRAY['a', null, 'b'], '-')", "a-b"]],
  array_max: [["array_max(ARRAY[1, 3, 2])", "3"]],
  array_min: [["array_min(ARRAY[1, 3, 2])", "1"]],
  filter: [["filter(ARRAY[1, 2, 3], x -> x > 1)", "[2, 3]"]],
  transform: [["transform(ARRAY[1, 2], x -> x + 1)", "[2, 3]"]],
  any_match: [
    ["any_match(ARRAY[1, 2], x -> x > 1)", "true"],
    ["any_match(ARRAY[1, null], x -> x > 1)", "null"],
    ["any_match(ARRAY[1], x -> x > 1)", "false"],
  ],
  all_match: [
    ["all_match(ARRAY[1, 2], x -> x > 0)", "true"],
    ["all_match(ARRAY[1, null], x -> x > 0)", "null"],
    ["all_match(ARRAY[1, null], x -> x > 1)", "false"],
  ],
  none_match: [
    ["none_match(ARRAY[1], x -> x > 1)", "true"],
    ["none_match(ARRAY[1, null], x -> x > 1)", "null"],
  ],
  count: [
    ["(select count(*) from (values 1, 2, null) t(x))", "3"],
    ["(select count(x) from (values 1, 2, null) t(x))", "2"],
    ["(select count(distinct x) from (values 1, 1, null) t(x))", "1"],
    ["(select count(*) filter (where x > 1) from (values 1, 2) t(x))", "1"],
  ],
  count_if: [["(select count_if(x > 1) from (values 1, 2, null) t(x))", "1"]],
  sum: [["(select sum(x) from (values 1, 2) t(x))", "3"]],
  avg: [["(select avg(x) from (values 1, 2) t(x))", "1.5"]],
  min: [["(select min(x) from (values 1, 2) t(x))", "1"]],
  max: [["(select max(x) from (values 'a', 'b') t(x))", "b"]],
  min_by: [["(select min_by(x, y) from (values ('a', 2), ('b', 1)) t(x, y))", "b"]],
  max_by: [["(select max_by(x, y) from (values ('a', 2), ('b', 1)) t(x, y))", "a"]],
  arbitrary: [["(select arbitrary(x) from (values null, 1) t(x))", "1"]],
  any_value: [["(select any_value(x) from (values null, 1) t(x))", "1"]],
  array_agg: [["(select array_agg(x order by x desc) from (values 1, 2) t(x))", "[2, 1]"]],
  bool_and: [["(select bool_and(x) from (values true, false) t(x))", "false"]],
  bool_or: [["(select bool_or(x) from (values true, false) t(x))", "true"]],
  every: [["(select every(x) from (values true, false) t(x))", "false"]],
  approx_distinct: [["(select approx_distinct(x) from (values 1, 1, 2) t(x))", "2"]],
  approx_percentile: [["(select approx_percentile(x, 0.5e0) from (values 1, 2, 3) t(x))", "2"]],
  stddev: [["(select stddev(x) from (values 1, 3) t(x)) > 1.41e0", "true"]],
  variance: [["(select variance(x) from (values 1, 3) t(x))", "2.0"]],
  row_number: [
    ["(select max(n) from (select row_number() over (order by x) n from (values 5, 5) t(x)))", "2"],
  ],
  rank: [["(select max(n) from (select rank() over (order by x) n from (values 5, 5) t(x)))", "1"]],
  dense_rank: [
    ["(select max(n) from (select dense_rank() over (order by x) n from (values 5, 5, 6) t(x)))", "2"],
  ],
  percent_rank: [
    ["(select max(n) from (select percent_rank() over (order by x) n from (values 5, 6) t(x)))", "1.0"],
  ],
  cume_dist: [
    ["(select min(n) from (select cume_dist() over (order by x) n from (values 5, 6) t(x)))", "0.5"],
  ],
  ntile: [["(select max(n) from (select ntile(2) over (order by x) n from (values 5, 6) t(x)))", "2"]],
  lag: [["(select max(n) from (select lag(x, 1, 0) over (order by x) n from (values 5, 6) t(x)))", "5"]],
  lead: [["(select min(n) from (select lead(x) over (order by x) n from (values 5, 6) t(x)))", "6"]],
  first_value: [
    ["(select max(n) from (select first_value(x) over (order by x) n from (values 5, 6) t(x)))", "5"],
  ],
  last_value: [
    [
      "(select min(n) from (select last_value(x) over (order by x rows between unbounded preceding and unbounded following) n from (values 5, 6) t(x)))",
      "6",
    ],
  ],
  nth_value: [
    ["(select max(n) from (select nth_value(x, 2) over (order by x) n from (values 5, 6) t(x)))", "6"],
  ],
};

/** What is no function and is translated all the same. */
const OTHER: readonly [sql: string, answer: string][] = [
  ["7 / 2", "3"],
  ["-7 / 2", "-3"],
  ["7e0 / 2", "3.5"],
  ["7 % 3", "1"],
  ["'a' || 'b'", "ab"],
  ["cast('12' as bigint) + 1", "13"],
  ["cast(2.5e0 as bigint)", "3"],
  ["try_cast('1.5' as integer)", "null"],
  ["try_cast('x' as double)", "null"],
  ["cast(12 as varchar)", "12"],
  ["cast(timestamp '2026-01-31 12:00:00' as varchar)", "2026-01-31 12:00:00.000"],
  ["cast(date '2026-01-31' as varchar)", "2026-01-31"],
  ["cast('2026-01-31' as date)", "2026-01-31"],
  ["cast(timestamp '2026-01-31 12:00:00' as date)", "2026-01-31"],
  ["timestamp '2026-01-31 12:00:00' + interval '1' hour", "2026-01-31 13:00:00.000"],
  ["timestamp '2026-01-31 12:00:00 UTC'", "2026-01-31 12:00:00.000 UTC"],
  ["extract(hour from timestamp '2026-01-31 12:00:00')", "12"],
  ["extract(dow from date '2026-11-22')", "7"],
  ["case when 1 > 2 then 'a' else 'b' end", "b"],
  ["case 1 when 1 then 'a' end", "a"],
  ["trim('  a ')", "a"],
  ["'50%' like '50#%' escape '#'", "true"],
  ["'a_b' not like 'a%'", "false"],
  ["1 in (1, 2)", "true"],
  ["2 between 1 and 3", "true"],
  ["null is not distinct from null", "true"],
  ["ARRAY['a', 'b'][2]", "b"],
  ["(select max(x) from (values 1, 2) t(x))", "2"],
  ["exists (select 1)", "true"],
  ["not true or true and false", "false"],
  ["current_timestamp > timestamp '2020-01-01 00:00:00 UTC'", "true"],
  ["(select array_join(array_agg(x order by x), ',') from (values 'b', null, 'a') t(x))", "a,b"],
  ["(select min(x) from (select x from (values 1, null, 3) t(x) order by x desc limit 1))", "3"],
  ["(select max(x) from (select x from (values 1, 2, 3) t(x) order by x offset 1 limit 1))", "2"],
  ["(select count(*) from (select 1 union all select 1))", "2"],
  ["(select count(*) from (select 1 union select 1))", "1"],
  ["(select count(*) from (values 1, 2) a(x) join (values 2, 3) b(x) on a.x = b.x)", "1"],
  ["(select count(*) from (values 1, 2) a(x) left join (values 2, 3) b(x) using (x))", "2"],
  ["(select max(part) from (values 'a,b') t(x) cross join unnest(split(x, ',')) as p(part))", "b"],
  ["(select max(n) from unnest(ARRAY['a', 'b']) with ordinality as p(part, n))", "2"],
  ["(with a as (select 1 x), b as (select x + 1 y from a) select y from b)", "2"],
  ["(select sum(n) from (select x, count(*) n from (values 1, 1, 2) t(x) group by rollup (x)))", "6"],
  ["(select count(*) from (select x from (values 1, 1, 2) t(x) group by x having count(*) > 1))", "1"],
];

const folder = mkdtempSync(join(tmpdir(), "translated-"));

const translated = (sql: string): string =>
  translateSql(sql, {
    table: () => {
      throw new Error("no table is asked for");
    },
  });

/** One query answers many expressions, because each query has a process of its own. */
const evaluate = async (expressions: readonly string[]): Promise<string> => {
  const resultFile = join(folder, `${expressions.length}.csv`);
  const report = await runQuery({
    sql: translated(`select ${expressions.join(", ")}`),
    directories: [],
    resultFile,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
  });
  if (report.kind === "failed") throw new Error(report.message);
  return readFileSync(resultFile, "utf8").split("\n").slice(1).join("\n").trimEnd();
};

const shown = (answers: readonly string[]): string =>
  answers.map((answer) => (answer === "null" ? "" : `"${answer.replaceAll('"', '""')}"`)).join(",");

describe("what a query may be made of", () => {
  it("has an answer here for each function of the list", () => {
    expect(Object.keys(ANSWERS).sort()).toEqual(Object.keys(KNOWN_FUNCTIONS).sort());
  });

  it("answers what Athena answers, function by function", async () => {
    const cases = Object.values(ANSWERS).flat();

    expect(await evaluate(cases.map(([sql]) => sql))).toBe(shown(cases.map(([, answer]) => answer)));
  });

  it("answers what Athena answers to operators, casts, joins and sets", async () => {
    expect(await evaluate(OTHER.map(([sql]) => sql))).toBe(shown(OTHER.map(([, answer]) => answer)));
  });

  it.each([
    "1 / 0",
    "1 % 0",
    "ARRAY[1][2]",
    "cast('1.5' as bigint)",
    "cast(1e0 as varchar)",
    "element_at(ARRAY[1], 0)",
  ])("fails, rather than answer something else, for %s", async (sql) => {
    await expect(evaluate([sql])).rejects.toThrow();
  });

  it.each([
    "100.0 / 3",
    "getenv('HOME')",
    "lower('a', 'b')",
    "lower(distinct 'a')",
    "row_number()",
    "lower(*)",
    "lag(1) ignore nulls over ()",
    "date_trunc('decade', now())",
    "date_format(now(), '%Z')",
    "json_extract_scalar('{}', '$..a')",
    "json_extract_scalar('{}', '$[*]')",
    "regexp_replace('a', '(a)', '$1')",
    "cast('a' as varchar(1))",
    "cast('{}' as map(varchar, json))",
    "now() at time zone 'Europe/Berlin'",
    "timestamp '2026-01-31 12:00:00 Europe/Berlin'",
    "interval '1-2' year to month",
    "(select x from unnest(cast(json_parse('[1]') as array(integer))) as t(x))",
    "x -> x",
    "current_user",
    "row(1, 2)",
    "X'00'",
    "U&'a'",
    "`a`",
    '"$path"',
    "trim(both 'a' from 'b')",
    "(values 1)[1] => 2",
    "sum(1) over w",
  ])("refuses %s before it runs", (sql) => {
    expect(() => translated(`select ${sql}`)).toThrow(expect.objectContaining({ name: "SqlFault" }));
  });
});
