import type { Declarations, Manifest, ResourceKind } from "./manifest.ts";
import { hasOwnDeadLetters } from "./manifest.ts";
import { type Deployment, deadLetterName, keyAlias, resourceArns } from "./names.ts";

/** One right of a function on one resource, for example `send` on the queue `records`. */
export type Grant = { kind: ResourceKind; name: string; right: string };

/** One statement of the function's policy. */
export type Statement = {
  actions: string[];
  resources: string[];
  /** Only for keys: the alias through which the key must be named (kms:RequestAlias). */
  requestAlias?: string;
};

/**
 * Every right of a function: what its manifest's `access` says, and what its triggers bring. A queue
 * brings taking from it and putting on its dead-letter queue (what can never succeed goes there at
 * once); a table brings reading its stream; a function that is invoked asynchronously may
 * send to its own dead-letter queue.
 */
export const grantsOf = (manifest: Manifest): Grant[] => {
  const declared = Object.entries(manifest.access).flatMap(([kind, names]) =>
    Object.entries(names).flatMap(([name, rights]) =>
      [rights].flat().map((right): Grant => ({ kind: kind as ResourceKind, name, right })),
    ),
  );
  const triggered = manifest.triggers.flatMap((trigger): Grant[] => {
    if (trigger.type === "queue") {
      return [
        { kind: "queues", name: trigger.queue, right: "consume" },
        { kind: "queues", name: deadLetterName(trigger.queue), right: "send" },
      ];
    }
    return trigger.type === "table" ? [{ kind: "tables", name: trigger.table, right: "stream" }] : [];
  });
  const own: Grant[] = hasOwnDeadLetters(manifest)
    ? [{ kind: "queues", name: deadLetterName(manifest.name), right: "send" }]
    : [];
  return [...declared, ...triggered, ...own];
};

/** The function's policy, one statement per grant, beside what every function has (its log group, X-Ray). */
export const statementsOf = (
  { rights }: Pick<Declarations, "rights">,
  deployment: Deployment,
  manifest: Manifest,
): Statement[] =>
  grantsOf(manifest).map(({ kind, name, right }) => {
    const { service, rights: table } = rights[kind];
    const actions = (table[right] ?? []).map((action) => `${service}:${action}`);
    const statement: Statement = { actions, resources: resourceArns(deployment, kind, name, right) };
    return kind === "keys" ? { ...statement, requestAlias: keyAlias(deployment, name) } : statement;
  });
