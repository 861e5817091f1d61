import { describe, expect, it } from "vitest";
import { declarationFaults } from "./check.ts";
import { loadDeclarations } from "./load.ts";
import type { Manifest, QueueResource } from "./manifest.ts";
import { visibilitySecondsOf } from "./visibility.ts";

const consumer = (name: string, timeoutSeconds: number): Manifest => ({
  name,
  description: "",
  timeoutSeconds,
  memoryMb: 256,
  network: "private",
  concurrency: {},
  settings: [],
  triggers: [{ type: "queue", queue: "work" }],
  access: {},
});
const NOTHING = { tables: {}, topics: {}, buckets: {}, buses: {}, keys: {}, streams: {}, settings: {} };

describe("the visibility time-out of a queue", () => {
  const of = (manifests: Manifest[], queue: Partial<QueueResource> = {}) =>
    visibilitySecondsOf(
      { manifests, resources: { ...NOTHING, queues: { work: { description: "", ...queue } } } },
      "work",
    );

  it("is six times the longest consumer's time-out", () => {
    expect(of([consumer("quick", 10), consumer("slow", 20)])).toBe(120);
  });

  it("is what the queue says, where it says so", () => {
    expect(of([consumer("slow", 900)], { visibilitySeconds: 960 })).toBe(960);
  });

  it("is SQS's own where no function consumes", () => {
    expect(of([])).toBe(30);
  });

  it("brings a killed worker's job back a minute after the worker's time at the latest", () => {
    const declarations = loadDeclarations("functions");

    expect(visibilitySecondsOf(declarations, "events-jobs")).toBe(960);
  });

  it.each([
    [900, []],
    [
      899,
      [
        'events-worker/function.json: queue "events-jobs": visibilitySeconds must be at least the time-out of 900, got 899',
      ],
    ],
  ])("of %i seconds beside a time-out of 900 has these faults: %j", (visibilitySeconds, faults) => {
    const declarations = loadDeclarations("functions");
    const jobs = { description: "", visibilitySeconds };
    const { resources } = declarations;

    expect(
      declarationFaults({
        ...declarations,
        resources: { ...resources, queues: { ...resources.queues, "events-jobs": jobs } },
      }),
    ).toEqual(faults);
  });
});
