/**
 * A page of a list in the order of its keys. The token names the last key that was shown, so that entries that
 * are made or removed between two pages move no others. Undefined if the token is invalid.
 */
export const pageOf = <Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { limit, token }: { limit: number; token: string | undefined },
): { items: Item[]; next?: string } | undefined => {
  const after = token === undefined ? undefined : Buffer.from(token, "base64url").toString("utf8");
  if (after !== undefined && Buffer.from(after).toString("base64url") !== token) return undefined;
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    ...(last !== undefined && rest.length > limit
      ? { next: Buffer.from(last.key).toString("base64url") }
      : {}),
  };
};
