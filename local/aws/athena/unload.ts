/** `UNLOAD (SELECT …) TO 's3://…' WITH (…)`, which Athena has beside Trino's grammar. */
export const readUnload = (sql: string): { query: string; location: string } | undefined => {
  const match = /^\s*UNLOAD\s*\(([\s\S]*)\)\s*TO\s*'(s3:\/\/[^']+)'\s*WITH\s*\(([^()]*)\)\s*$/i.exec(sql);
  if (!match) return undefined;
  const [, query = "", location = "", options = ""] = match;
  if (!/format\s*=\s*'PARQUET'/i.test(options)) throw new Error("UNLOAD writes Parquet here");
  return { query, location: location.endsWith("/") ? location : `${location}/` };
};
