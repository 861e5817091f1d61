import { isRecord } from "../port/input.ts";

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/gy;

/** The steps of a path such as `$.detail.items[0].name`; undefined if it is none. */
export const readPath = (path: string): (string | number)[] | undefined => {
  if (!path.startsWith("$")) return undefined;
  const steps = [...path.slice(1).matchAll(STEP)];
  const length = steps.reduce((sum, [text]) => sum + text.length, 0);
  if (length !== path.length - 1) return undefined;
  return steps.map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? "") : Number(index),
  );
};

/** What stands at the path; undefined if nothing does. */
export const valueAt = (event: unknown, path: string): unknown =>
  readPath(path)?.reduce<unknown>((value, step) => {
    if (typeof step === "number") return Array.isArray(value) ? value[step] : undefined;
    return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, event);
