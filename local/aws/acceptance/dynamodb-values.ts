import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** A text inside this many nested maps. */
export const nested = (levels: number): AttributeValue => {
  let value: AttributeValue = { S: "leaf" };
  for (let level = 0; level < levels; level += 1) value = { M: { n: value } };
  return value;
};

export const EMPTY_INDEX_KEY_UPDATED =
  "One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.";
export const EMPTY_INDEX_KEY_PUT =
  "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byState, IndexKey: state";
export const TOO_DEEP =
  "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";
