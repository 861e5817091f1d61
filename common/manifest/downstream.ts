import { type Declarations, type Manifest, type Trigger, triggersOf } from "./manifest.ts";

/** The resources that a function may put something on, as `kind/name`. */
const outputsOf = ({ resources }: Pick<Declarations, "resources">, { access }: Manifest): string[] => {
  const named = (kind: keyof Manifest["access"], ...rights: string[]) =>
    Object.entries(access[kind] ?? {}).flatMap(([name, given]) =>
      [given].flat().some((right) => rights.includes(right)) ? [`${kind}/${name}`] : [],
    );
  const streams = named("streams", "put");
  return [
    ...named("tables", "write"),
    ...named("queues", "send"),
    ...named("topics", "publish"),
    ...named("buckets", "write"),
    ...named("buses", "publish"),
    ...streams,
    // What a stream gets it delivers to its bucket.
    ...streams.flatMap((stream) => {
      const bucket = resources.streams[stream.replace("streams/", "")]?.bucket;
      return bucket === undefined ? [] : [`buckets/${bucket}`];
    }),
  ];
};

const inputOf = (trigger: Trigger): string | undefined => {
  switch (trigger.type) {
    case "queue":
      return `queues/${trigger.queue}`;
    case "topic":
      return `topics/${trigger.topic}`;
    case "bucket":
      return `buckets/${trigger.bucket}`;
    case "bus":
      return "buses/bus";
    case "table":
      return `tables/${trigger.table}`;
    case "delivery-stream":
      return `streams/${trigger.stream}`;
    default:
      return undefined;
  }
};

/** The function itself and every other that its work may make run, by their names. */
export const downstreamOf = (
  declarations: Pick<Declarations, "manifests" | "resources">,
  manifest: Manifest,
): string[] => {
  const reached = new Set([manifest]);
  for (const one of reached) {
    const outputs = new Set(outputsOf(declarations, one));
    for (const other of declarations.manifests) {
      if (other.triggers.some((trigger) => outputs.has(inputOf(trigger) ?? ""))) reached.add(other);
    }
  }
  return Array.from(reached, ({ name }) => name);
};

/** The functions whose lines a trigger of this kind gets. */
export const loggedBy = (declarations: Pick<Declarations, "manifests">, manifest: Manifest): string[] => {
  const excepted = new Set(triggersOf(manifest, "log-lines").flatMap(({ except }) => except));
  return declarations.manifests.map(({ name }) => name).filter((name) => !excepted.has(name));
};
