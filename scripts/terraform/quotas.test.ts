import { describe, expect, it } from "vitest";
import { loadDeclarations } from "#common/manifest/load.ts";
import type { Declarations, Manifest } from "#common/manifest/manifest.ts";
import { type Use, usesOf } from "./measure-quotas.ts";
import { faultsOf } from "./quotas.ts";

const real = loadDeclarations("functions");

const manifest = (more: Partial<Manifest>): Manifest => ({
  name: "shop-api",
  description: "",
  timeoutSeconds: 10,
  memoryMb: 256,
  network: "private",
  concurrency: {},
  settings: [],
  triggers: [],
  access: {},
  ...more,
});

const usesWith = (more: Partial<Manifest>, resources = real.resources): Use[] =>
  usesOf({ ...real, resources, manifests: [...real.manifests, manifest(more)] }, 3);

const faultsWith = (more: Partial<Manifest>, resources?: Declarations["resources"]) =>
  faultsOf(usesWith(more, resources));

const usedOf = (uses: readonly Use[], what: string): number => {
  const use = uses.find((each) => each.what.startsWith(what));
  expect(use, what).toBeDefined();
  return use?.used ?? Number.NaN;
};

const many = (count: number) => Array.from({ length: count }, (_, at) => at);

describe("the quotas", () => {
  it("are far enough away", () => {
    expect(faultsOf(usesOf(real, 3))).toEqual([]);
  });

  it("count each part of a path once as a resource of the API, and the root", () => {
    const { manifests, ...others } = real;
    const routes = ["GET /a/{id}/b", "POST /a/{id}/b", "GET /a"] as const;
    const triggers = routes.map((route) => ({ type: "http" as const, route, role: null }));

    const uses = usesOf({ ...others, manifests: [manifest({ triggers })] }, 3);

    expect(usedOf(uses, "resources of the REST API")).toBe(4);
  });

  it.each<[string, Partial<Manifest>, string]>([
    [
      "240 resources of the API",
      { triggers: many(240).map((at) => ({ type: "http", route: `GET /shop-${at}`, role: "data.read" })) },
      "resources of the REST API",
    ],
    [
      "a policy of 8 KB",
      { access: { queues: Object.fromEntries(many(60).map((at) => [`a-queue-with-a-name-${at}`, "send"])) } },
      "a role's own policy (shop-api)",
    ],
    [
      "3.2 KB of variables",
      { settings: many(20).map((at) => `SETTING_${at}`) },
      "environment variables (shop-api)",
    ],
    [
      "240 rules",
      { triggers: many(240).map((at) => ({ type: "bus", pattern: { source: [`${at}`] } })) },
      "rules of the bus",
    ],
    [
      "a pattern of 3.3 KB",
      { triggers: [{ type: "bus", pattern: { source: many(700).map(String) } }] },
      "a rule's pattern (shop-api)",
    ],
    [
      "40 services that invoke a function",
      { triggers: many(40).map((at) => ({ type: "topic", topic: `topic-${at}` })) },
      "who may invoke a function (its resource policy) (shop-api)",
    ],
    ["250 reserved in each environment", { concurrency: { reserved: 250 } }, "concurrency"],
    [
      "two readers of a table's stream",
      { triggers: many(2).map(() => ({ type: "table", table: "events" })) },
      "functions that read a table's stream (events)",
    ],
    [
      "80 notifications of a bucket",
      { triggers: many(80).map(() => ({ type: "bucket", bucket: "lake", events: ["s3:ObjectCreated:*"] })) },
      "notifications of a bucket (lake)",
    ],
  ])("are reported when four fifths are used: %s", (_, more, fault) => {
    expect(faultsWith(more)).toContainEqual(expect.stringContaining(fault));
  });

  it("are reported when a table has sixteen indexes", () => {
    const index = { partitionKey: { name: "pk", type: "S" as const } };
    const indexes = Object.fromEntries(many(16).map((at) => [`index-${at}`, index]));
    const { events, ...tables } = real.resources.tables;

    const faults = faultsWith(
      {},
      {
        ...real.resources,
        tables: {
          ...tables,
          events: { partitionKey: index.partitionKey, description: "", ...events, indexes },
        },
      },
    );

    expect(faults).toEqual([expect.stringContaining("indexes of a table (events): 16 of 20")]);
  });

  it("hold the longest policy of the authorizer, which no number of routes makes too long", () => {
    const triggers = many(200).map((at) => ({
      type: "http" as const,
      route: `GET /shop/route-with-a-long-name-${at}` as const,
      role: at % 2 === 0 ? "data.read" : "data.write",
    }));

    const uses = usesWith({ triggers });

    expect(usedOf(uses, "authorizer's policy")).toBeGreaterThan(1000);
    expect(usedOf(uses, "authorizer's policy")).toBeLessThanOrEqual(6144);
  });
});
