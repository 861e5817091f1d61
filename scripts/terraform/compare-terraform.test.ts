import { describe, expect, it } from "vitest";
import type { Declarations } from "#common/manifest/manifest.ts";
import { compareTerraform } from "./compare-terraform.ts";
import {
  ACCOUNT,
  declarations,
  FUNCTION,
  managed,
  operation,
  ROLE,
  statements,
  stateWith,
  TABLE,
  type Values,
} from "./testing/shop-state.ts";

const differencesOf = (state: unknown) => compareTerraform(declarations, state, "dev").differences;

describe("comparing a Terraform state with the manifests", () => {
  it("finds nothing where they agree", () => {
    expect(differencesOf(stateWith())).toEqual([]);
  });

  it("finds a route under another path", () => {
    const paths = { "/order": { get: operation([{ authorizer: [] }, { api_key: [] }]) } };

    expect(differencesOf(stateWith({ paths }))).toEqual([
      "only in Terraform: route GET /order = shop-api, token and organization's key",
      "missing in Terraform: route GET /orders = shop-api, token and organization's key",
    ]);
  });

  it("finds a route that lost its authorizer", () => {
    expect(differencesOf(stateWith({ paths: { "/orders": { get: operation([]) } } }))).toEqual([
      "route GET /orders: the manifests say shop-api, token and organization's key; Terraform has shop-api, public",
    ]);
    expect(differencesOf(stateWith({ paths: { "/orders": { get: operation([{ api_key: [] }]) } } }))).toEqual(
      [
        "route GET /orders: the manifests say shop-api, token and organization's key; Terraform has shop-api, only api_key",
      ],
    );
  });

  it("finds a grant too many, one too few and one too wide", () => {
    const scan = { Effect: "Allow", Action: "dynamodb:Scan", Resource: TABLE };
    const [logs, traces, read, consume, dead] = statements();
    const wide = { ...read, Resource: "*" };

    expect(differencesOf(stateWith({ policy: [...statements(), scan] }))).toEqual([
      `only in Terraform: grant shop-api dynamodb:Scan on ${TABLE} = Allow`,
    ]);
    expect(
      differencesOf(stateWith({ policy: [logs, traces, read, consume].map((statement) => statement ?? {}) })),
    ).toEqual([
      `missing in Terraform: grant shop-api sqs:SendMessage on arn:aws:sqs:${ACCOUNT}:millrace-dev-orders-dead = Allow`,
    ]);
    expect(
      differencesOf(
        stateWith({ policy: [logs, traces, wide, consume, dead].map((statement) => statement ?? {}) }),
      ),
    ).toEqual([
      "only in Terraform: grant shop-api dynamodb:GetItem dynamodb:Query on * = Allow",
      `missing in Terraform: grant shop-api dynamodb:GetItem dynamodb:Query on ${TABLE} ${TABLE}/index/* = Allow`,
    ]);
  });

  it("finds a policy attached beside the manifest's", () => {
    const attachment = managed("aws_iam_role_policy_attachment", {
      role: "millrace-dev-shop-api",
      policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
    });

    expect(differencesOf(stateWith({ more: [attachment] }))).toEqual([
      "only in Terraform: grant shop-api arn:aws:iam::aws:policy/AdministratorAccess = attached",
    ]);
  });

  it("finds a consumer that does not report failures item by item", () => {
    expect(differencesOf(stateWith({ mapping: { function_response_types: [] } }))).toEqual([
      "mapping millrace-dev-orders to shop-api: the manifests say batches of 10 within 0 s, at most any at once, ReportBatchItemFailures; Terraform has batches of 10 within 0 s, at most any at once, ",
    ]);
  });

  it("finds a table's reader with another filter, or with none", () => {
    const [shop] = declarations.manifests;
    const { orders } = declarations.resources.tables;
    if (!shop || !orders) throw new Error("nothing is declared");
    const reading: Declarations = {
      ...declarations,
      manifests: [
        {
          ...shop,
          triggers: [...shop.triggers, { type: "table", table: "prices", filter: { eventName: ["INSERT"] } }],
        },
      ],
      resources: {
        ...declarations.resources,
        tables: { orders, prices: { ...orders, stream: "NEW_IMAGE" } },
      },
    };
    const mappingsWith = (criteria: Values[]) => {
      const mapping = managed("aws_lambda_event_source_mapping", {
        event_source_arn: `arn:aws:dynamodb:${ACCOUNT}:table/millrace-dev-prices/stream/2026-01-01T00:00:00.000`,
        function_name: `${FUNCTION}:live`,
        batch_size: 100,
        maximum_batching_window_in_seconds: 0,
        function_response_types: ["ReportBatchItemFailures"],
        filter_criteria: criteria,
        destination_config: [
          { on_failure: [{ destination_arn: `arn:aws:sqs:${ACCOUNT}:millrace-dev-shop-api-dead` }] },
        ],
      });
      return compareTerraform(reading, stateWith({ more: [mapping] }), "dev").differences.filter((line) =>
        line.startsWith("mapping millrace-dev-prices"),
      );
    };

    expect(mappingsWith([{ filter: [{ pattern: '{"eventName": ["INSERT"]}' }] }])).toEqual([]);
    expect(mappingsWith([{ filter: [{ pattern: '{"eventName":["REMOVE"]}' }] }])).toEqual([
      expect.stringContaining(
        'Terraform has batches of 100 within 0 s, at most any at once, ReportBatchItemFailures, of {"eventName":["REMOVE"]}',
      ),
    ]);
    expect(mappingsWith([])).toEqual([expect.stringContaining("the manifests say")]);
  });

  it("finds a role that the key for data at rest does not admit, and one that is not there", () => {
    const role = "arn:aws:iam::123456789012:role/elsewhere/millrace-dev-shop-api";

    expect(differencesOf(stateWith({ role }))).toEqual([
      `only in Terraform: key for data at rest admits ${ROLE} = no such role`,
      "missing in Terraform: key for data at rest admits millrace-dev-shop-api = yes",
    ]);
  });

  it("finds what does not invoke the alias", () => {
    expect(differencesOf(stateWith({ mapping: { function_name: FUNCTION } }))).toEqual([
      expect.stringContaining("missing in Terraform: mapping millrace-dev-orders to shop-api"),
      expect.stringContaining("only in Terraform: mapping millrace-dev-orders to shop-api (no alias)"),
    ]);
  });

  it("finds another time-out", () => {
    expect(differencesOf(stateWith({ functionValues: { timeout: 3 } }))).toEqual([
      "function shop-api: the manifests say nodejs24.x arm64 10 s 256 MB traces Active; Terraform has nodejs24.x arm64 3 s 256 MB traces Active",
    ]);
  });
});
