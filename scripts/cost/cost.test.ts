import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadDeclarations } from "#common/manifest/load.ts";
import { billedOf, isNear } from "../terraform/billed-resources.ts";
import { eventsCost, naiveEventsCost } from "./events.ts";
import { type Billed, idleCost, sum } from "./idle.ts";
import { atSize, dollars, readBilled, readMeasured, readPrices } from "./prices.ts";

const prices = readPrices();
const measured = readMeasured();
const { manifests } = loadDeclarations("functions");
const deps = { prices, measured, manifests };

const NOTHING: Billed = {
  ...{ keys: 0, alarms: 0, dashboards: 0, endpointZones: 0, natGateways: 0, firewalls: 0, firewallRules: 0 },
  ...{ queueReaders: 0, secrets: 0, provisionedMb: 0 },
};

describe("the price list", () => {
  it("names AWS's page for every price, and says whether the figure was seen", () => {
    for (const [name, { usd, per, source, seen }] of Object.entries(prices.prices)) {
      expect(usd, name).toBeGreaterThan(0);
      expect(per, name).toBeGreaterThan(0);
      expect(source, name).toMatch(/^https:\/\/aws\.amazon\.com\/.*pricing/);
      expect(seen === null || seen.startsWith("https://"), name).toBe(true);
    }
  });

  it("prices units, and nothing that it does not have", () => {
    expect(dollars(prices, "apiRequest", 2_000_000)).toBe(7);
    expect(() => dollars(prices, "moonbeam", 1)).toThrow("no price moonbeam");
  });
});

describe("an environment that is not used", () => {
  it("costs nothing where nothing stands", () => {
    expect(idleCost(prices, NOTHING)).toEqual([]);
  });

  it("pays for hours, months and memory kept warm", () => {
    const lines = idleCost(prices, { ...NOTHING, endpointZones: 6, dashboards: 1, provisionedMb: 1024 });

    expect(lines).toEqual([
      { what: "6 endpoints × zones", usd: expect.closeTo(6 * 730 * 0.01) },
      { what: "1 dashboards", usd: 3 },
      { what: "1024 MB kept warm", usd: expect.closeTo(730 * 3600 * 0.0000033334) },
    ]);
  });

  it("is counted for every environment that has settings", () => {
    const environments = readdirSync("terraform/environments").filter((file) => file.endsWith(".tfvars"));

    expect(readdirSync("bench/billed").sort()).toEqual(
      environments.map((file) => file.replace(".tfvars", ".json")).sort(),
    );
    for (const file of readdirSync("bench/billed")) {
      expect(sum(idleCost(prices, readBilled(file) as Billed))).toBeGreaterThan(1);
    }
  });

  it("is counted anew when a month costs five hundredths more or less", () => {
    const kept = { ...NOTHING, dashboards: 1, alarms: 70 };

    expect(isNear(prices, kept, { ...kept, alarms: 75 })).toBe(true);
    expect(isNear(prices, kept, { ...kept, alarms: 64 })).toBe(false);
    expect(isNear(prices, kept, { ...kept, keys: 1 })).toBe(false);
  });

  it("is counted from Terraform's state", () => {
    const resource = (type: string, values: object) => ({ address: type, mode: "managed", type, values });
    const state = {
      values: {
        root_module: {
          resources: [
            resource("aws_kms_key", {}),
            resource("aws_vpc_endpoint", { vpc_endpoint_type: "Interface", subnet_ids: ["a", "b"] }),
            resource("aws_vpc_endpoint", { vpc_endpoint_type: "Gateway", subnet_ids: ["a"] }),
            resource("aws_wafv2_web_acl", { rule: [{}, {}, {}] }),
            resource("aws_lambda_event_source_mapping", { event_source_arn: "arn:aws:sqs:x:1:q" }),
            resource("aws_lambda_event_source_mapping", { event_source_arn: "arn:aws:dynamodb:x:1:t" }),
            resource("aws_lambda_function", { function_name: "f", memory_size: 512 }),
            resource("aws_lambda_provisioned_concurrency_config", {
              ...{ function_name: "f", provisioned_concurrent_executions: 3 },
            }),
          ],
        },
      },
    };

    expect(billedOf(state)).toEqual({
      ...NOTHING,
      ...{ keys: 1, endpointZones: 2, firewalls: 1, firewallRules: 3, queueReaders: 1, provisionedMb: 1536 },
    });
  });
});

describe("a million events", () => {
  const sizes = [1, 10, 100, 500];
  const totals = sizes.map((size) => sum(eventsCost(deps, size)));

  it("cost less, the more of them a request holds", () => {
    expect(totals).toEqual(totals.toSorted((one, other) => other - one));
  });

  it("cost less than done naively, however they come", () => {
    for (const size of sizes) {
      expect(sum(eventsCost(deps, size)), `${size}`).toBeLessThan(sum(naiveEventsCost(deps, size)));
    }
  });

  it("cost what the parts cost: a million requests of one event", () => {
    const lines = Object.fromEntries(eventsCost(deps, 1).map(({ what, usd }) => [what, usd]));

    expect(lines.API).toBe(3.5);
    expect(lines.bus).toBe(1);
    // A send for each, a receive and a deletion for ten.
    expect(lines.queue).toBeCloseTo(0.4 * 1.2);
    expect(lines.table).toBeCloseTo(0.625 * atSize(measured.writeUnitsPerEvent, 10) + 0.125);
  });

  it("take longer where the memory buys a part of a processor", () => {
    const recorder = (memoryMb: number) =>
      eventsCost({ ...deps, manifests: manifests.map((each) => ({ ...each, memoryMb })) }, 500).find(
        ({ what }) => what === "recorder",
      )?.usd ?? Number.NaN;

    // Where a request only computes, half the memory takes twice as long for the same money; waiting costs by memory.
    expect(recorder(1024)).toBeGreaterThan(recorder(512));
    expect(recorder(1024)).toBeLessThan(2 * recorder(512));
  });

  it("are priced by the largest measured size that they reach", () => {
    expect(atSize({ "1": 6, "10": 4 }, 9)).toBe(6);
    expect(atSize({ "1": 6, "10": 4 }, 10)).toBe(4);
    expect(atSize({ "10": 4 }, 1)).toBe(4);
  });
});
