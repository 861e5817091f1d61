import { inputOfForm } from "../port/form.ts";
import { type Input, isRecord, type Output } from "../port/input.ts";
import { element, wrap } from "../port/xml.ts";

/** The query protocol's singular names and their JSON names. Debian's `aws` 2.9 speaks this protocol. */
const NAMES: Record<string, string> = {
  Attribute: "Attributes",
  AttributeName: "AttributeNames",
  MessageAttribute: "MessageAttributes",
  MessageAttributeName: "MessageAttributeNames",
  MessageSystemAttributeName: "MessageSystemAttributeNames",
  MessageSystemAttribute: "MessageSystemAttributes",
  Tag: "Tags",
  TagKey: "TagKeys",
  SendMessageBatchRequestEntry: "Entries",
  DeleteMessageBatchRequestEntry: "Entries",
  ChangeMessageVisibilityBatchRequestEntry: "Entries",
};
const ENTRY: Record<string, string> = {
  SendMessageBatch: "SendMessageBatchResultEntry",
  DeleteMessageBatch: "DeleteMessageBatchResultEntry",
  ChangeMessageVisibilityBatch: "ChangeMessageVisibilityBatchResultEntry",
};

const rename = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(rename);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [NAMES[name] ?? name, rename(child)]),
  );
};

export const queryInput = (_operation: string, form: URLSearchParams, path: string): Input => {
  const input = rename(inputOfForm(form));
  // The queue is in the path of the request when it is no parameter.
  return isRecord(input) ? { ...(path === "/" ? {} : { QueueUrl: path }), ...input } : {};
};

const scalar = (value: unknown) =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;

const pairs = (name: string, map: unknown, value: (inner: unknown) => string): string =>
  isRecord(map)
    ? Object.entries(map)
        .map(([key, inner]) => wrap(name, element("Name", key) + value(inner)))
        .join("")
    : "";

const fields = (structure: unknown): string =>
  isRecord(structure)
    ? Object.entries(structure)
        .map(([name, value]) => {
          if (name === "Attributes")
            return pairs("Attribute", value, (inner) => element("Value", scalar(inner)));
          if (name === "Tags")
            return isRecord(value)
              ? Object.entries(value)
                  .map(([key, inner]) => wrap("Tag", element("Key", key) + element("Value", scalar(inner))))
                  .join("")
              : "";
          if (name === "MessageAttributes")
            return pairs("MessageAttribute", value, (inner) => wrap("Value", fields(inner)));
          return element(name, scalar(value));
        })
        .join("")
    : "";

/** The content of `<SendMessageResult>` and similar elements. */
export const queryOutput = (operation: string, output: Output): string =>
  Object.entries(output)
    .map(([name, value]) => {
      if (!Array.isArray(value)) return fields({ [name]: value });
      if (name === "QueueUrls" || name === "queueUrls")
        return value.map((url) => element("QueueUrl", scalar(url))).join("");
      const item =
        name === "Messages"
          ? "Message"
          : name === "Failed"
            ? "BatchResultErrorEntry"
            : name === "Results"
              ? "ListMessageMoveTasksResultEntry"
              : (ENTRY[operation] ?? name);
      return value.map((entry) => wrap(item, fields(entry))).join("");
    })
    .join("");
