import { AwsError } from "../port/errors.ts";
import { optionalInteger, optionalText } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { type AthenaContext, s3Location } from "./context.ts";
import { readPage } from "./result-pages.ts";

const PAGE_ROWS_MAX = 1_000;

/** A page of a result; the first row of a SELECT's is the columns' names, and null has no value. */
export const getQueryResults =
  (athena: AthenaContext): Operation =>
  (input, call) => {
    const one = athena.find(input, call, "GetQueryResults");
    const limit = optionalInteger(input, "MaxResults", { min: 1, max: PAGE_ROWS_MAX }) ?? PAGE_ROWS_MAX;
    const token = optionalText(input, "NextToken") ?? "0";
    if (one.state !== "SUCCEEDED") {
      throw new AwsError(
        "InvalidRequestException",
        `Query did not finish successfully. Final query state: ${one.state}`,
      );
    }
    if (one.isUnload)
      return { UpdateCount: 0, ResultSet: { Rows: [], ResultSetMetadata: { ColumnInfo: [] } } };
    const { bucket, key } = s3Location(one.output);
    call.authorize("s3:GetObject", athena.arns.bucket(`${bucket}/${key}`));
    const file = athena.buckets.fileOf(bucket, key);
    if (file === undefined) {
      throw new AwsError("InvalidRequestException", `Could not find results: s3://${bucket}/${key}`);
    }
    if (!/^[0-9]+$/.test(token)) throw new AwsError("InvalidRequestException", "The NextToken is not valid");
    const { rows, next } = readPage(file, Number(token), limit);
    return {
      UpdateCount: 0,
      ...(next === undefined ? {} : { NextToken: String(next) }),
      ResultSet: {
        Rows: rows.map((row) => ({
          Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
        })),
        ResultSetMetadata: {
          ColumnInfo: one.columns.map(({ name, type }) => ({
            CatalogName: "hive",
            SchemaName: "",
            TableName: "",
            Name: name,
            Label: name,
            Type: type,
            Nullable: "UNKNOWN",
            CaseSensitive: type === "varchar",
          })),
        },
      },
    };
  };
