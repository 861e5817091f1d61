/** Athena's meaning of a value's text: of a time with its milliseconds; of a double there is none here. */
const TEXT = `CREATE MACRO athena_text(x) AS CASE
  WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN error('a double has no text that is the same everywhere: cast it to a decimal first')
  WHEN typeof(x) = 'TIMESTAMP' THEN strftime(TRY_CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
  WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE' THEN strftime(TRY_CAST(x AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g') || ' UTC'
  ELSE CAST(x AS VARCHAR) END`;

/** Half is rounded away from zero, and text must be digits. */
const WHOLE = `CREATE MACRO athena_whole(x) AS CASE
  WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN CAST(round(CAST(x AS DOUBLE)) AS BIGINT)
  WHEN typeof(x) = 'VARCHAR' AND NOT regexp_full_match(CAST(x AS VARCHAR), '[+-]?[0-9]+') THEN error('Cannot cast a text that is no whole number')
  ELSE CAST(x AS BIGINT) END`;

const TRY_WHOLE = `CREATE MACRO athena_try_whole(x) AS CASE
  WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN TRY_CAST(round(TRY_CAST(x AS DOUBLE)) AS BIGINT)
  WHEN typeof(x) = 'VARCHAR' AND NOT regexp_full_match(CAST(x AS VARCHAR), '[+-]?[0-9]+') THEN NULL
  ELSE TRY_CAST(x AS BIGINT) END`;

/** Integers are cut, doubles are not; of a decimal Athena keeps other digits than DuckDB. */
const DIVISION = `CREATE MACRO athena_div(a, b) AS CASE
  WHEN typeof(a) LIKE 'DECIMAL%' OR typeof(b) LIKE 'DECIMAL%' THEN error('a decimal cannot be divided here: write a double, 100e0, or cast to double')
  WHEN b = 0 THEN error('Division by zero')
  ELSE a / b END`;

const MODULUS = `CREATE MACRO athena_mod(a, b) AS CASE WHEN b = 0 THEN error('Division by zero') ELSE a % b END`;

/** Null if either is: DuckDB's own leave nulls out. */
const GREATEST = `CREATE MACRO athena_greatest(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE greatest(a, b) END`;
const LEAST = `CREATE MACRO athena_least(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE least(a, b) END`;

const SUBSTRING = `CREATE MACRO athena_substr(s, start) AS CASE WHEN start = 0 OR start < -length(s) THEN '' ELSE substr(s, start) END,
  (s, start, size) AS CASE WHEN start = 0 OR start < -length(s) OR size <= 0 THEN '' ELSE substr(s, start, size) END`;

const SPLIT_PART = `CREATE MACRO athena_split_part(s, d, n) AS CASE
  WHEN n < 1 THEN error('Index must be greater than zero')
  ELSE list_extract(string_split(s, d), n) END`;

/** Null where nothing matches; DuckDB's own answers an empty text. */
const REGEXP_EXTRACT = `CREATE MACRO athena_regexp_extract(s, p, g) AS CASE
  WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) ELSE NULL END`;

/** Null for what is no JSON, for what is not there, and for objects and arrays. */
const JSON_SCALAR = `CREATE MACRO athena_json_scalar(j, p) AS CASE
  WHEN NOT json_valid(j) THEN NULL
  WHEN json_type(j, p) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL
  ELSE json_extract_string(j, p) END`;
const JSON_PART = `CREATE MACRO athena_json(j, p) AS CASE WHEN NOT json_valid(j) THEN NULL ELSE json_extract(j, p) END`;
const JSON_LENGTH = `CREATE MACRO athena_json_array_length(j) AS CASE
  WHEN NOT json_valid(j) OR json_type(j) <> 'ARRAY' THEN NULL ELSE CAST(json_array_length(j) AS BIGINT) END`;

const ELEMENT = `CREATE MACRO athena_element_at(a, i) AS CASE
  WHEN i = 0 THEN error('SQL array indices start at 1') ELSE list_extract(a, i) END`;
const SUBSCRIPT = `CREATE MACRO athena_subscript(a, i) AS CASE
  WHEN i < 1 OR i > len(a) THEN error('Array subscript out of bounds') ELSE list_extract(a, i) END`;

/** Three-valued: an unknown among them makes the whole unknown where it could decide. */
const ANY = `CREATE MACRO athena_any(t) AS CASE
  WHEN t IS NULL THEN NULL WHEN list_contains(t, true) THEN true
  WHEN len(list_filter(t, lambda one: one IS NULL)) > 0 THEN NULL ELSE false END`;
const ALL = `CREATE MACRO athena_all(t) AS CASE
  WHEN t IS NULL THEN NULL WHEN list_contains(t, false) THEN false
  WHEN len(list_filter(t, lambda one: one IS NULL)) > 0 THEN NULL ELSE true END`;

/** Functions that DuckDB has not, or has with another meaning; made before a translated query runs. */
export const DUCKDB_MACROS: readonly string[] = [
  TEXT,
  WHOLE,
  TRY_WHOLE,
  DIVISION,
  MODULUS,
  GREATEST,
  LEAST,
  SUBSTRING,
  SPLIT_PART,
  REGEXP_EXTRACT,
  JSON_SCALAR,
  JSON_PART,
  JSON_LENGTH,
  ELEMENT,
  SUBSCRIPT,
  ANY,
  ALL,
];
