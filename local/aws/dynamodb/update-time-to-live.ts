import { AwsError } from "../port/errors.ts";
import { type Output, optionalFlag, record, text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";
import { indexExpiries } from "./time-to-live.ts";

export const describeTimeToLive =
  ({ engine: { tables }, authorize }: DynamoDbContext): Operation =>
  async (input, call): Promise<Output> => {
    const name = text(input, "TableName");
    authorize(call, "DescribeTimeToLive", name);
    await tables.get(name);
    const AttributeName = tables.extras(name).timeToLive;
    return {
      TimeToLiveDescription: AttributeName
        ? { TimeToLiveStatus: "ENABLED", AttributeName }
        : { TimeToLiveStatus: "DISABLED" },
    };
  };

export const updateTimeToLive =
  ({ engine: { store, tables }, authorize }: DynamoDbContext): Operation =>
  async (input, call) => {
    const name = text(input, "TableName");
    authorize(call, "UpdateTimeToLive", name);
    await tables.get(name);
    const specification = record(input, "TimeToLiveSpecification");
    const attribute = text(specification, "AttributeName");
    const enabled = optionalFlag(specification, "Enabled");
    const { timeToLive: before, ...others } = tables.extras(name);
    if (enabled === (before !== undefined)) {
      throw new AwsError("ValidationException", `TimeToLive is already ${enabled ? "enabled" : "disabled"}`);
    }
    await tables.saveExtras(name, enabled ? { ...others, timeToLive: attribute } : others);
    if (enabled) await indexExpiries(store.db, name, attribute);
    return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } };
  };
