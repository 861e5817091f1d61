import { createHash } from "node:crypto";
import type { MessageAttributes } from "../../seams.ts";
import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, optionalText, record } from "../port/input.ts";

const invalid = (message: string) => new AwsError("InvalidParameterValue", message);

const XML_TEXT = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
/** Whether a text has only characters that XML 1.0 allows, which is what SQS takes. */
export const isXmlText = (text: string): boolean => XML_TEXT.test(text);

const isAttributeName = (name: string): boolean =>
  /^[\p{L}\p{N}_-][\p{L}\p{N}_.-]{0,255}$/u.test(name) &&
  !name.endsWith(".") &&
  !/^(aws|amazon)\./i.test(name);

const TYPE_LENGTH_MAX = 256;

/** Parses `MessageAttributes` of a message; names, types and values as SQS checks them. */
export const messageAttributes = (input: Input, name = "MessageAttributes"): MessageAttributes => {
  const attributes = record(input, name);
  const names = Object.keys(attributes);
  if (names.length > 10)
    throw invalid(`Number of message attributes [${names.length}] exceeds the allowed maximum [10].`);
  return Object.fromEntries(
    names.map((key) => {
      const value = attributes[key];
      if (!isRecord(value)) throw invalid(`The message attribute '${key}' must be a structure.`);
      if (!isAttributeName(key)) {
        throw invalid("Message (user) attribute name can contain the characters a-z, A-Z, 0-9, _, - and .");
      }
      const DataType = optionalText(value, "DataType") ?? "";
      if (!/^(String|Number|Binary)(\..+)?$/.test(DataType) || DataType.length > TYPE_LENGTH_MAX) {
        throw invalid(`The message attribute '${key}' must contain non-empty message attribute type.`);
      }
      const StringValue = optionalText(value, "StringValue");
      const BinaryValue = optionalText(value, "BinaryValue");
      if (DataType.startsWith("Binary") ? !BinaryValue : !StringValue) {
        throw invalid(
          `Message (user) attribute '${key}' must contain a non-empty value of type '${DataType.split(".", 1)[0]}'.`,
        );
      }
      if (StringValue !== undefined && !isXmlText(StringValue)) {
        throw invalid(`Message (user) attribute '${key}' value contains characters that are not allowed.`);
      }
      return [
        key,
        {
          DataType,
          ...(StringValue === undefined ? {} : { StringValue }),
          ...(BinaryValue === undefined ? {} : { BinaryValue }),
        },
      ];
    }),
  );
};

const lengthAndBytes = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

export const md5 = (value: string | Buffer): string => createHash("md5").update(value).digest("hex");

/** The digest that SDKs compare: names in order, then type, then a byte for the kind of value, then the value. */
export const md5OfAttributes = (attributes: MessageAttributes): string =>
  md5(
    Buffer.concat(
      Object.entries(attributes)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([name, { DataType, StringValue, BinaryValue }]) => [
          lengthAndBytes(name),
          lengthAndBytes(DataType),
          DataType.startsWith("Binary") ? Buffer.of(2) : Buffer.of(1),
          lengthAndBytes(
            DataType.startsWith("Binary") ? Buffer.from(BinaryValue ?? "", "base64") : (StringValue ?? ""),
          ),
        ]),
    ),
  );

export const sizeOf = (body: string, attributes: MessageAttributes): number =>
  Object.entries(attributes).reduce(
    (size, [name, { DataType, StringValue, BinaryValue }]) =>
      size +
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      (BinaryValue === undefined
        ? Buffer.byteLength(StringValue ?? "")
        : Buffer.byteLength(BinaryValue, "base64")),
    Buffer.byteLength(body),
  );
