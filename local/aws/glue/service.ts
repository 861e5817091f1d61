import { databaseName, LAKE_TABLES, type LakeTable } from "#common/logs/lake-tables.ts";
import { bucketName, type Deployment } from "#common/manifest/names.ts";
import type { Arns } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import { text } from "../port/input.ts";
import type { OperationService } from "../port/service.ts";

const columns = (list: LakeTable["columns"]) => list.map(({ name, type }) => ({ Name: name, Type: type }));

/** The catalog of the lake's tables, which nothing changes: it is what the types of logs say. */
export const makeGlue = (arns: Arns, deployment: Deployment): OperationService => {
  const database = databaseName(deployment.environment);
  const lake = bucketName(deployment, "lake");

  const show = (table: LakeTable) => ({
    Name: table.name,
    DatabaseName: database,
    TableType: "EXTERNAL_TABLE",
    PartitionKeys: columns(table.partitions),
    StorageDescriptor: {
      Columns: columns(table.columns),
      Location: `s3://${lake}/${table.template.split("/")[0]}/`,
    },
    Parameters: {
      classification: table.form,
      "projection.enabled": "true",
      "storage.location.template": `s3://${lake}/${table.template}`,
    },
  });
  const missing = (what: string): AwsError => new AwsError("EntityNotFoundException", `${what} not found.`);
  const checkDatabase = (name: string): void => {
    if (name !== database) throw missing(`Database ${name}`);
  };

  return {
    kind: "operations",
    name: "glue",
    protocols: ["json"],
    targets: ["AWSGlue"],
    errorPrefix: "",
    jsonVersion: "1.1",
    inputError: { missing: "InvalidInputException", invalid: "InvalidInputException" },
    throttling: { code: "ThrottlingException", status: 400 },
    unknownOperation: { code: "UnknownOperationException", status: 400 },
    xmlNamespace: "",
    operations: {
      GetDatabase: (input, call) => {
        const name = text(input, "Name");
        call.authorize("glue:GetDatabase", arns.at("glue", `database/${name}`));
        checkDatabase(name);
        return { Database: { Name: database } };
      },
      GetTables: (input, call) => {
        const name = text(input, "DatabaseName");
        call.authorize("glue:GetTables", arns.at("glue", `database/${name}`));
        checkDatabase(name);
        return { TableList: LAKE_TABLES.map(show) };
      },
      GetTable: (input, call) => {
        const name = text(input, "Name");
        const of = text(input, "DatabaseName");
        call.authorize("glue:GetTable", arns.at("glue", `table/${of}/${name}`));
        checkDatabase(of);
        const table = LAKE_TABLES.find((one) => one.name === name);
        if (!table) throw missing(`Entity Table ${name}`);
        return { Table: show(table) };
      },
    },
  };
};
