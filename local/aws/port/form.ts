import type { Input } from "./input.ts";
import { isRecord } from "./input.ts";

type Tree = { [name: string]: Tree | string };

const plant = (form: URLSearchParams): Tree => {
  const root: Tree = {};
  for (const [path, value] of form) {
    const parts = path.split(".");
    let node = root;
    for (const part of parts.slice(0, -1)) {
      const next = node[part];
      const child: Tree = typeof next === "object" ? next : Object.create(null);
      node[part] = child;
      node = child;
    }
    node[parts.at(-1) ?? ""] = value;
  }
  return root;
};

const isList = (tree: Tree): boolean => Object.keys(tree).every((key) => /^[1-9]\d*$/.test(key));
const inOrder = (tree: Tree): unknown[] =>
  Object.keys(tree)
    .sort((a, b) => Number(a) - Number(b))
    .map((key) => shape(tree[key]));

const toMap = (entries: unknown[]): Record<string, unknown> =>
  Object.fromEntries(
    entries
      .filter(isRecord)
      .map((entry) => [String(entry.key ?? entry.Name ?? entry.Key), entry.value ?? entry.Value]),
  );

const isPair = (entry: unknown): boolean =>
  isRecord(entry) &&
  ("key" in entry || "Name" in entry || "Key" in entry) &&
  ("value" in entry || "Value" in entry);

const shape = (node: Tree | string | undefined): unknown => {
  if (typeof node !== "object") return node;
  const { member, entry } = node;
  if (typeof member === "object" && isList(member)) return inOrder(member);
  if (typeof entry === "object" && isList(entry)) return toMap(inOrder(entry));
  if (Object.keys(node).length > 0 && isList(node)) {
    const entries = inOrder(node);
    return entries.every(isPair) ? toMap(entries) : entries;
  }
  return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, shape(child)]));
};

/**
 * A form of the query protocol as the input that the JSON protocol would send: `A.member.1.B=x` is
 * `{ A: [{ B: "x" }] }`, and lists of key and value (`entry.1.key`, or SQS's `Attribute.1.Name`) are maps.
 */
export const inputOfForm = (form: URLSearchParams): Input => {
  const shaped = shape(plant(form));
  return isRecord(shaped) ? shaped : {};
};
