import { element, elementsIn, textIn, wrap } from "../port/xml.ts";
import { s3Error, s3Errors } from "./errors.ts";
import type { S3Request } from "./request.ts";

type Tags = Record<string, string>;

const TAGS_MAX = 10;
const KEY_LENGTH_MAX = 128;
const VALUE_LENGTH_MAX = 256;
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const invalidTag = (message: string, fields: Record<string, string>) =>
  s3Error(400, "InvalidTag", message, fields);

const checkTags = (tags: readonly (readonly [key: string, value: string])[]): Tags => {
  if (tags.length > TAGS_MAX) {
    throw s3Error(400, "BadRequest", "Object tags cannot be greater than 10");
  }
  const checked: Tags = {};
  for (const [TagKey, TagValue] of tags) {
    if (Object.hasOwn(checked, TagKey)) {
      throw invalidTag("Cannot provide multiple Tags with the same key", { TagKey });
    }
    if (TagKey.startsWith("aws:")) throw invalidTag("Your TagKey cannot be prefixed with aws:", { TagKey });
    if (TagKey === "" || TagKey.length > KEY_LENGTH_MAX || !ALLOWED.test(TagKey)) {
      throw invalidTag("The TagKey you have provided is invalid", { TagKey });
    }
    if (TagValue.length > VALUE_LENGTH_MAX || !ALLOWED.test(TagValue)) {
      throw invalidTag("The TagValue you have provided is invalid", { TagKey, TagValue });
    }
    checked[TagKey] = TagValue;
  }
  return checked;
};

/** `x-amz-tagging`: as the query of a URL. */
export const tagsInHeader = (request: S3Request): Tags => {
  const text = request.header("x-amz-tagging");
  if (text === undefined || text === "") return {};
  const tags = [...new URLSearchParams(text)];
  if (new Set(tags.map(([key]) => key)).size < tags.length || text.includes(",")) {
    throw s3Errors.invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      "x-amz-tagging",
      text,
    );
  }
  return checkTags(tags);
};

export const tagsInXml = (xml: string): Tags => {
  if (elementsIn(xml, "TagSet").length === 0 && !/<TagSet\s*\/>/.test(xml)) throw s3Errors.malformedXml();
  return checkTags(
    elementsIn(xml, "Tag").map((tag) => {
      const key = textIn(tag, "Key");
      if (key === undefined) throw s3Errors.malformedXml();
      return [key, textIn(tag, "Value") ?? ""];
    }),
  );
};

/** By key. */
export const tagsElement = (tags: Tags): string =>
  wrap(
    "TagSet",
    Object.entries(tags)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => wrap("Tag", element("Key", key) + element("Value", value)))
      .join(""),
  );
