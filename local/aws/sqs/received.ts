import { md5, md5OfAttributes } from "./attributes.ts";
import type { StoredMessage } from "./message.ts";
import { systemAttributes } from "./queues.ts";

const selected = (names: string[], name: string): boolean =>
  names.some(
    (wanted) =>
      wanted === "All" ||
      wanted === "*" ||
      wanted === ".*" ||
      wanted === name ||
      (wanted.endsWith(".*") && name.startsWith(wanted.slice(0, -2))),
  );

/** A message as ReceiveMessage shows it, with the attributes that were asked for. */
export const received = (message: StoredMessage, system: string[], wanted: string[]) => {
  const attributes = Object.fromEntries(
    Object.entries(systemAttributes(message)).filter(([name]) => selected(system, name)),
  );
  const own = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) => selected(wanted, name)),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Object.keys(attributes).length === 0 ? {} : { Attributes: attributes }),
    ...(Object.keys(own).length === 0
      ? {}
      : { MD5OfMessageAttributes: md5OfAttributes(own), MessageAttributes: own }),
  };
};
