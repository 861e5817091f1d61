import { isRecord } from "../port/input.ts";

const STEP = /\.([^.[\]]+)|\[(\d+|\*)\]|\['([^']+)'\]/gy;
const EVERY = "*";

type Step = { name: string } | { place: number } | typeof EVERY;

/** The steps of a path such as `$.detail.items[0].name`; undefined if it is none. */
export const readPath = (path: string): Step[] | undefined => {
  if (!path.startsWith("$")) return undefined;
  const steps = [...path.slice(1).matchAll(STEP)];
  const length = steps.reduce((sum, [text]) => sum + text.length, 0);
  if (length !== path.length - 1) return undefined;
  return steps.map(([, name, place, quoted]) => {
    if (name === EVERY || place === EVERY) return EVERY;
    return place === undefined ? { name: name ?? quoted ?? "" } : { place: Number(place) };
  });
};

const stepInto = (value: unknown, step: Step): unknown => {
  if (step === EVERY) return undefined;
  if ("place" in step) return Array.isArray(value) ? value[step.place] : undefined;
  return isRecord(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined;
};

const follow = (value: unknown, steps: readonly Step[]): unknown => {
  const [step, ...rest] = steps;
  if (step === undefined || value === undefined) return value;
  if (step !== EVERY) return follow(stepInto(value, step), rest);
  const inner = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  return inner.map((one) => follow(one, rest)).filter((one) => one !== undefined);
};

/** The value at the path, a list if the path has a `*`; undefined if there is none. */
export const valueAt = (event: unknown, path: string): unknown => {
  const steps = readPath(path);
  return steps === undefined ? undefined : follow(event, steps);
};
