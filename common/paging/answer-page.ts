import { type Answer, ok, RawJson } from "#common/http/answers.ts";
import { countFitting } from "./answer-size.ts";
import type { CursorScope, Cursors } from "./cursor.ts";

/** `next` is where the next page begins; absent exactly when nothing is left. */
export type FoundItems<Item, Position> = { items: readonly Item[]; next?: Position | undefined };

export type AnswerPageOptions<Item, Position> = {
  cursors: Cursors;
  scope: CursorScope;
  /** The request's; absent on the first page. */
  cursor: string | undefined;
  /** Finds the items of a page behind this position. */
  find: (after: Position | undefined) => Promise<FoundItems<Item, Position>>;
  /** An item as JSON text. */
  toJson: (item: Item) => string;
  /** Where to go on behind an item: needed where a page is too large for one answer. */
  positionOf: (item: Item) => Position;
};

/**
 * Opens a list's cursor, and answers how to read the page behind it: `{ "items": [...], "cursor" }`. What
 * a page holds beyond the size of an answer goes to the next one. Throws `CURSOR_INVALID` or
 * `CURSOR_EXPIRED` before anything is read.
 */
export const openPage = async <Item, Position>({
  cursors,
  scope,
  cursor,
  find,
  toJson,
  positionOf,
}: AnswerPageOptions<Item, Position>): Promise<() => Promise<Answer>> => {
  // Sealed by this function for this scope: of this type.
  const after = cursor === undefined ? undefined : ((await cursors.open(cursor, scope)) as Position);

  return async () => {
    const { items, next } = await find(after);
    const texts = items.map(toJson);
    const count = countFitting(texts);
    const cut = count < items.length ? items[count - 1] : undefined;
    const position = cut === undefined ? next : positionOf(cut);
    const sealed = position === undefined ? null : await cursors.seal(position, scope);
    return ok(new RawJson(`{"items":[${texts.slice(0, count).join()}],"cursor":${JSON.stringify(sealed)}}`));
  };
};
