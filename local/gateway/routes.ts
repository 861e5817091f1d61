import { createHash } from "node:crypto";
import { type Declarations, type HttpTrigger, triggersOf } from "#common/manifest/manifest.ts";

export type RestRoute = {
  functionName: string;
  method: string;
  /** `/data/{id}` */
  resource: string;
  resourceId: string;
  role: string | null;
  throttle?: HttpTrigger["throttle"];
};

export type RouteMatch = { route: RestRoute; parameters: Record<string, string> | null };

type Node = {
  literals: Map<string, Node>;
  /** A resource tree has one variable below a node; the routes behind it may name it as they like. */
  parameter?: Node;
  greedy?: Node;
  routes: Map<string, { route: RestRoute; names: string[] }>;
};

export const routesOf = ({ manifests }: Pick<Declarations, "manifests">): RestRoute[] =>
  manifests.flatMap((manifest) =>
    triggersOf(manifest, "http").map(({ route, role, throttle }): RestRoute => {
      const [method = "", resource = ""] = route.split(" ");
      const resourceId = createHash("sha256").update(resource).digest("hex").slice(0, 6);
      return {
        functionName: manifest.name,
        method,
        resource,
        resourceId,
        role,
        ...(throttle === undefined ? {} : { throttle }),
      };
    }),
  );

const newNode = (): Node => ({ literals: new Map(), routes: new Map() });

const VARIABLE = /^\{([^}+]+)(\+?)\}$/;

const step = (node: Node, segment: string, names: string[]): Node => {
  const [, name, plus] = VARIABLE.exec(segment) ?? [];
  if (name === undefined) {
    const next = node.literals.get(segment) ?? newNode();
    node.literals.set(segment, next);
    return next;
  }
  names.push(name);
  const kind = plus === "+" ? "greedy" : "parameter";
  node[kind] ??= newNode();
  return node[kind];
};

const segmentsOf = (path: string): string[] => (path === "/" ? [] : path.slice(1).split("/"));

/** Recorded from AWS: a path's last slash is no part of a greedy variable. */
const withoutLastSlash = (rest: string): string => (rest.endsWith("/") ? rest.slice(0, -1) : rest);

/**
 * Finds the route of a method and path as API Gateway does: a literal segment before a variable, and a greedy
 * variable last. There is no backtracking: once a literal segment matched, its siblings are out. Variables have
 * their values as they were sent, percent-encoded; the http stack decodes them.
 */
export const routeTable = (
  routes: readonly RestRoute[],
): ((method: string, path: string) => RouteMatch | undefined) => {
  const root = newNode();
  for (const route of routes) {
    const names: string[] = [];
    const end = segmentsOf(route.resource).reduce((node, segment) => step(node, segment, names), root);
    end.routes.set(route.method, { route, names });
  }

  return (method, path) => {
    let node = root;
    const values: string[] = [];
    const segments = segmentsOf(path);
    for (let at = 0; at < segments.length; at += 1) {
      const segment = segments[at] ?? "";
      const literal = node.literals.get(segment);
      if (literal !== undefined) {
        node = literal;
        continue;
      }
      const next = node.parameter ?? node.greedy;
      const value = node.parameter === undefined ? withoutLastSlash(segments.slice(at).join("/")) : segment;
      if (next === undefined || value === "") return undefined;
      values.push(value);
      if (node.parameter === undefined) at = segments.length;
      node = next;
    }
    const found = node.routes.get(method);
    if (found === undefined) return undefined;
    if (found.names.length === 0) return { route: found.route, parameters: null };
    const parameters: Record<string, string> = {};
    for (let at = 0; at < found.names.length; at += 1) parameters[found.names[at] ?? ""] = values[at] ?? "";
    return { route: found.route, parameters };
  };
};
