import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item, ItemValue, Key } from "./table.ts";

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

/** An attribute value as DynamoDB's JSON protocol writes it. */
const wireValue = (value: AttributeValue): string => {
  if (value.S !== undefined) return `{"S":${JSON.stringify(value.S)}}`;
  if (value.N !== undefined) return `{"N":${JSON.stringify(value.N)}}`;
  if (value.B !== undefined) return `{"B":"${base64(value.B)}"}`;
  if (value.BOOL !== undefined) return `{"BOOL":${value.BOOL}}`;
  if (value.NULL !== undefined) return '{"NULL":true}';
  if (value.M !== undefined) return `{"M":${wireItem(value.M)}}`;
  if (value.L !== undefined) return `{"L":[${value.L.map(wireValue).join()}]}`;
  if (value.SS !== undefined) return `{"SS":${JSON.stringify(value.SS)}}`;
  if (value.NS !== undefined) return `{"NS":${JSON.stringify(value.NS)}}`;
  if (value.BS !== undefined) return `{"BS":${JSON.stringify(value.BS.map(base64))}}`;
  throw new TypeError(`an attribute of an unknown kind: ${Object.keys(value).join()}`);
};

/** An item as DynamoDB's JSON protocol writes it: what `putWireItems` takes. */
export const wireItem = (item: Record<string, AttributeValue>): string =>
  `{${Object.entries(item)
    .map(([name, value]) => `${JSON.stringify(name)}:${wireValue(value)}`)
    .join()}}`;

/** A flat item of texts, numbers and bytes, as DynamoDB's JSON protocol writes it. */
export const wirePlainItem = (item: Readonly<Record<string, string | number | Uint8Array>>): string => {
  // One call of JSON.stringify for the whole item: putting the text together by hand was no faster.
  const wire: Record<string, object> = {};
  for (const name in item) {
    const value = item[name];
    if (value === undefined) continue;
    wire[name] =
      typeof value === "string"
        ? { S: value }
        : typeof value === "number"
          ? { N: String(value) }
          : { B: base64(value) };
  }
  return JSON.stringify(wire);
};

export type WireItem = Record<string, AttributeValue>;

export const toKey = ({ pk, sk }: Key): WireItem => ({ pk: { S: pk }, sk: { S: sk } });

export const toWire = (item: Readonly<Record<string, ItemValue>>): WireItem =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]): [string, AttributeValue] => [
      name,
      typeof value === "string"
        ? { S: value }
        : typeof value === "number"
          ? { N: String(value) }
          : { B: value },
    ]),
  );

/** Attributes of other kinds are not written here and are left out. */
export const fromWire = (wire: WireItem): Item => {
  const item: Record<string, ItemValue> = {};
  for (const [name, { S, N, B }] of Object.entries(wire)) {
    const value = S ?? B ?? (N === undefined ? undefined : Number(N));
    if (value !== undefined) item[name] = value;
  }
  return { pk: "", sk: "", ...item };
};

/** An item as DynamoDB's JSON protocol writes it: bytes are base64 there. */
export type WireJson = Readonly<Record<string, { S?: string; N?: string; B?: string }>>;

/** As `fromWire`, of JSON that was parsed and not converted. */
export const fromWireJson = (wire: WireJson): Item => {
  const item: Record<string, ItemValue> = {};
  for (const name in wire) {
    const { S, N, B } = wire[name] ?? {};
    if (S !== undefined) item[name] = S;
    else if (N !== undefined) item[name] = Number(N);
    else if (B !== undefined) item[name] = new Uint8Array(Buffer.from(B, "base64"));
  }
  return { pk: "", sk: "", ...item };
};
