import { element, wrap } from "../port/xml.ts";
import { keyText } from "./answers.ts";
import { s3Errors } from "./errors.ts";

const COUNT_MAX = 1000;
const INTEGER_MAX = 2_147_483_647;

/** `max-keys` and similar parameters; an absent or empty one means the maximum. */
export const countIn = (text: string | undefined, name: string, most = COUNT_MAX): number => {
  if (text === undefined || text === "") return most;
  if (!/^-?\d+$/.test(text)) {
    throw s3Errors.invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  }
  const count = Number(text);
  if (count < 0 || count > INTEGER_MAX) {
    throw s3Errors.invalidArgument(
      `Argument ${name} must be an integer between 0 and ${INTEGER_MAX}`,
      name,
      text,
    );
  }
  return Math.min(count, most);
};

export const tokenOf = (key: string): string => Buffer.from(key).toString("base64url");
export const tokenIn = (token: string): string => Buffer.from(token, "base64url").toString();

/** The parameters of every list of keys. */
export type ListParameters = {
  prefix: string;
  delimiter: string;
  max: number;
  /** Keys are escaped as in a URL. */
  encoded: boolean;
};

export const listParameters = (query: URLSearchParams, maxName: string): ListParameters => {
  const encoding = query.get("encoding-type");
  if (encoding !== null && encoding !== "url") {
    throw s3Errors.invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding);
  }
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    max: countIn(query.get(maxName) ?? undefined, maxName),
    encoded: encoding === "url",
  };
};

export const keyElement = (name: string, key: string, { encoded }: ListParameters): string =>
  wrap(name, keyText(key, encoded));

export const encodingElement = ({ encoded }: ListParameters): string =>
  encoded ? element("EncodingType", "url") : "";

export const delimiterElement = (parameters: ListParameters): string =>
  parameters.delimiter === "" ? "" : keyElement("Delimiter", parameters.delimiter, parameters);

export const prefixElements = (prefixes: readonly string[], parameters: ListParameters): string =>
  prefixes.map((prefix) => wrap("CommonPrefixes", keyElement("Prefix", prefix, parameters))).join("");
