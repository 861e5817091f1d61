import type { Operation } from "../port/service.ts";
import type { DynamoDbContext } from "./context.ts";
import { checked, perform } from "./dynalite.ts";

/** TagResource, UntagResource and ListTagsOfResource. */
export const tableTags =
  (
    { engine: { store } }: DynamoDbContext,
    name: "TagResource" | "UntagResource" | "ListTagsOfResource",
  ): Operation =>
  (input) =>
    perform(name, checked(name, input, store), store);
