import type { MessageAttributes } from "../../seams.ts";
import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, optionalText, record } from "../port/input.ts";

const NAME_LENGTH_MAX = 256;

const invalid = (message: string) => new AwsError("ParameterValueInvalid", message);

const checkName = (name: string): void => {
  if (name.length > NAME_LENGTH_MAX) {
    throw invalid("Length of message attribute name must be less than 256 bytes.");
  }
  const stranger = /[^A-Za-z0-9_.-]/u.exec(name)?.[0];
  if (stranger !== undefined) {
    const code = stranger.codePointAt(0)?.toString(16).toUpperCase();
    throw invalid(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.startsWith("."))
    throw invalid("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith("."))
    throw invalid("Invalid message attribute name ending with character '.' was found.");
  if (name.includes("..")) throw invalid("Message attribute name can not have successive '.' character.");
};

/** Parses `MessageAttributes` of a message, and refuses in SNS's words; `place` is the entry's in a batch. */
export const messageAttributes = (input: Input, place: string): MessageAttributes =>
  Object.fromEntries(
    Object.entries(record(input, "MessageAttributes")).map(([name, value]) => {
      checkName(name);
      const given = isRecord(value) ? value : {};
      const DataType = optionalText(given, "DataType");
      if (DataType === undefined) {
        throw new AwsError(
          "ValidationError",
          `1 validation error detected: Value null at '${place}messageAttributes.${name}.member.dataType' failed to satisfy constraint: Member must not be null`,
        );
      }
      if (!/^(String|Number|Binary)(\..+)?$/.test(DataType)) {
        throw invalid(
          `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
        );
      }
      const [field, other] = DataType.startsWith("Binary") ? ["Binary", "String"] : ["String", "Binary"];
      const text = optionalText(given, `${field}Value`);
      if (text === undefined && given[`${other}Value`] !== undefined) {
        throw invalid(`The message attribute '${name}' with type '${DataType}' must use field '${field}'.`);
      }
      if (text === undefined || text === "") {
        throw invalid(
          `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
        );
      }
      return [name, { DataType, ...(field === "Binary" ? { BinaryValue: text } : { StringValue: text }) }];
    }),
  );
