import { isRecord } from "../port/input.ts";

export type Leaf = string | number | boolean | null;

/** In which element of which list a value stands: the number of the list in the event, and the place in it. */
export type Elements = ReadonlyMap<number, number>;
export type Field = { value: Leaf; elements: Elements };

const isLeaf = (value: unknown): value is Leaf =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/**
 * The values of an event by their paths. EventBridge and SNS join the names of a path with dots, so that a
 * dotted name and nested objects are the same. Empty lists and empty objects have no value.
 */
export const fieldsOf = (event: unknown): ReadonlyMap<string, readonly Field[]> => {
  const fields = new Map<string, Field[]>();
  let lists = 0;

  const visit = (value: unknown, path: string, elements: Elements): void => {
    if (isLeaf(value)) {
      const known = fields.get(path);
      if (known) known.push({ value, elements });
      else fields.set(path, [{ value, elements }]);
    } else if (Array.isArray(value)) {
      const list = lists;
      lists += 1;
      for (const [place, one] of value.entries()) {
        visit(one, path, isLeaf(one) ? elements : new Map(elements).set(list, place));
      }
    } else if (isRecord(value)) {
      for (const [name, inner] of Object.entries(value)) {
        visit(inner, path === "" ? name : `${path}.${name}`, elements);
      }
    }
  };
  visit(event, "", new Map());
  return fields;
};

/** Both together; undefined if they are of different elements of one list. */
export const joined = (one: Elements, other: Elements): Elements | undefined => {
  for (const [list, place] of other) if ((one.get(list) ?? place) !== place) return undefined;
  return other.size === 0 ? one : new Map([...one, ...other]);
};
