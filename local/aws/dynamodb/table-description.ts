import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, type Output, optionalFlag, record, text } from "../port/input.ts";
import type { DynamoDbContext } from "./context.ts";
import { checked, type OperationName, perform } from "./dynalite.ts";
import { type Extras, type Tables, VIEW_TYPES } from "./tables.ts";

/** The stream that a request asks for; undefined: none. */
export const streamOf = (input: Input, now: () => number): Extras["stream"] => {
  const specification = record(input, "StreamSpecification");
  if (!optionalFlag(specification, "StreamEnabled")) return undefined;
  const viewType = VIEW_TYPES.find((type) => type === specification.StreamViewType);
  if (!viewType) throw new AwsError("ValidationException", "StreamSpecification: StreamViewType is required");
  return { viewType, label: new Date(now()).toISOString().replace("Z", "") };
};

/** Dynalite's description of a table with the stream, which dynalite does not know. */
export const described = (tables: Tables, description: unknown): Output => {
  if (!isRecord(description)) return {};
  const name = String(description.TableName);
  const { stream } = tables.extras(name);
  return stream
    ? {
        ...description,
        StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType },
        LatestStreamLabel: stream.label,
        LatestStreamArn: `${tables.arn(name)}/stream/${stream.label}`,
      }
    : description;
};

/** Changes a table with dynalite's own action. */
export const administer = async (
  { engine, administering }: DynamoDbContext,
  name: OperationName,
  input: Input,
): Promise<Output> => {
  const data = checked(name, input, engine.store);
  engine.tables.forget(text(input, "TableName"));
  const output = await perform(name, data, administering);
  engine.tables.forget(text(input, "TableName"));
  return output;
};

export const describe = async ({ engine: { store } }: DynamoDbContext, TableName: string): Promise<unknown> =>
  (await perform("DescribeTable", checked("DescribeTable", { TableName }, store), store)).Table;
