import { type TSchema, Type } from "typebox";

/** What every list answers: a page of items, and where the next one begins. */
export const pageOf = <Item extends TSchema>(item: Item) =>
  Type.Object({
    items: Type.Array(item),
    cursor: Type.Union([Type.String(), Type.Null()], {
      description: "Gets the next page; null exactly when nothing is left.",
    }),
  });
