/** Reads a state, whose shape only the provider knows: a path that is not there is undefined, empty text or no items. */
export const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
export const text = (value: unknown, ...path: (string | number)[]): string =>
  String(at(value, ...path) ?? "");
export const list = (value: unknown, ...path: (string | number)[]): unknown[] => {
  const found = at(value, ...path) ?? [];
  return Array.isArray(found) ? found : [found];
};
export const object = (value: unknown, ...path: (string | number)[]): Record<string, unknown> =>
  (at(value, ...path) ?? {}) as Record<string, unknown>;
