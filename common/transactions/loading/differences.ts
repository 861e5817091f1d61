import type { Difference, JsonValue } from "#common/imports/registration.ts";
import type { Content } from "../rows/content.ts";

const FIELDS = [
  "postedAt",
  "amount",
  "currency",
  "description",
  "type",
  "status",
  "balance",
  "checkNumber",
  "memo",
  "bankId",
  "extra",
] as const;

const fieldOf = (content: Content | undefined, name: (typeof FIELDS)[number]): JsonValue =>
  content?.[name] ?? null;

/** The fields of which two contents say different things; of what is added all that there are. */
export const differingFields = (before: Content | undefined, after: Content): Difference["fields"] =>
  FIELDS.flatMap((name) => {
    const [was, is] = [fieldOf(before, name), fieldOf(after, name)];
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ name, before: was, after: is }];
  });
