import { describe, expect, it } from "vitest";
import type { Declarations } from "#common/manifest/manifest.ts";
import { compareTerraform } from "./compare-terraform.ts";

const declarations: Declarations = {
  folder: "functions",
  manifests: [
    {
      name: "shop-api",
      description: "Answers orders.",
      timeoutSeconds: 10,
      memoryMb: 256,
      network: "private",
      concurrency: {},
      settings: ["RELEASE_VERSION"],
      triggers: [
        { type: "http", route: "GET /orders", role: "data.read" },
        { type: "queue", queue: "orders" },
      ],
      access: { tables: { orders: "read" } },
    },
  ],
  resources: {
    tables: { orders: { description: "Orders.", partitionKey: { name: "owner", type: "S" } } },
    queues: { orders: { description: "Orders to come." } },
    topics: {},
    buckets: {},
    buses: {},
    keys: {},
    settings: { RELEASE_VERSION: "Version." },
  },
  rights: {
    tables: { service: "dynamodb", variable: "TABLE", rights: { read: ["GetItem", "Query"] } },
    queues: {
      service: "sqs",
      variable: "QUEUE_URL",
      rights: { send: ["SendMessage"], consume: ["ReceiveMessage"] },
    },
    topics: { service: "sns", variable: "TOPIC_ARN", rights: {} },
    buckets: { service: "s3", variable: "BUCKET", rights: {} },
    buses: { service: "events", variable: "NAME", rights: {} },
    keys: { service: "kms", variable: "KEY_ID", rights: {} },
  },
};

const ACCOUNT = "eu-central-1:123456789012";
const FUNCTION = `arn:aws:lambda:${ACCOUNT}:function:millrace-dev-shop-api`;
const ROLE = "arn:aws:iam::123456789012:role/millrace-dev-shop-api";
const TABLE = `arn:aws:dynamodb:${ACCOUNT}:table/millrace-dev-orders`;

type Values = Record<string, unknown>;
const managed = (type: string, values: Values) => ({ address: `${type}.it`, mode: "managed", type, values });

const statements = (): Values[] => [
  {
    Sid: "Logs",
    Effect: "Allow",
    Action: ["logs:PutLogEvents", "logs:CreateLogStream"],
    Resource: `arn:aws:logs:${ACCOUNT}:log-group:/aws/lambda/millrace-dev-shop-api:*`,
  },
  {
    Sid: "Traces",
    Effect: "Allow",
    Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    Resource: "*",
  },
  { Effect: "Allow", Action: ["dynamodb:Query", "dynamodb:GetItem"], Resource: [`${TABLE}/index/*`, TABLE] },
  { Effect: "Allow", Action: "sqs:ReceiveMessage", Resource: `arn:aws:sqs:${ACCOUNT}:millrace-dev-orders` },
  { Effect: "Allow", Action: "sqs:SendMessage", Resource: `arn:aws:sqs:${ACCOUNT}:millrace-dev-orders-dead` },
];

const operation = (security: Values[]): Values => ({
  security,
  "x-amazon-apigateway-integration": {
    uri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${FUNCTION}:live/invocations`,
  },
});

/** A state that agrees with the manifests but for what `changes` puts in place of it. */
const stateWith = ({
  policy = statements(),
  paths = { "/orders": { get: operation([{ authorizer: [] }, { api_key: [] }]) } },
  mapping = {},
  functionValues = {},
  role = ROLE,
  admitted = [ROLE],
  more = [],
}: {
  policy?: Values[];
  paths?: Values;
  mapping?: Values;
  functionValues?: Values;
  role?: string;
  admitted?: string[];
  more?: ReturnType<typeof managed>[];
} = {}): unknown => ({
  values: {
    root_module: {
      resources: [
        managed("aws_lambda_event_source_mapping", {
          event_source_arn: `arn:aws:sqs:${ACCOUNT}:millrace-dev-orders`,
          function_name: `${FUNCTION}:live`,
          batch_size: 10,
          maximum_batching_window_in_seconds: 0,
          function_response_types: ["ReportBatchItemFailures"],
          scaling_config: [],
          ...mapping,
        }),
        ...more,
      ],
      child_modules: [
        {
          resources: [
            managed("aws_lambda_function", {
              function_name: "millrace-dev-shop-api",
              arn: FUNCTION,
              role,
              runtime: "nodejs24.x",
              architectures: ["arm64"],
              timeout: 10,
              memory_size: 256,
              tracing_config: [{ mode: "Active" }],
              environment: [
                {
                  variables: {
                    ENVIRONMENT: "dev",
                    NODE_OPTIONS: "--enable-source-maps",
                    POWERTOOLS_SERVICE_NAME: "shop-api",
                    POWERTOOLS_METRICS_NAMESPACE: "millrace-dev",
                    ORDERS_TABLE: "millrace-dev-orders",
                    ORDERS_QUEUE_URL:
                      "https://sqs.eu-central-1.amazonaws.com/123456789012/millrace-dev-orders",
                    ORDERS_DEAD_QUEUE_URL:
                      "https://sqs.eu-central-1.amazonaws.com/123456789012/millrace-dev-orders-dead",
                    RELEASE_VERSION: "1.2.3",
                  },
                },
              ],
              ...functionValues,
            }),
            managed("aws_iam_role", { name: "millrace-dev-shop-api", arn: role }),
            managed("aws_kms_key", {
              policy: JSON.stringify({
                Statement: [{ Condition: { ArnEquals: { "aws:PrincipalArn": admitted } } }],
              }),
            }),
            managed("aws_iam_role_policy", {
              role: "millrace-dev-shop-api",
              policy: JSON.stringify({ Statement: policy }),
            }),
            managed("aws_api_gateway_rest_api", { body: JSON.stringify({ paths }) }),
            managed("aws_lambda_permission", {
              function_name: "millrace-dev-shop-api",
              qualifier: "live",
              principal: "apigateway.amazonaws.com",
              source_arn: `arn:aws:execute-api:${ACCOUNT}:a1b2c3/live/*`,
            }),
            managed("aws_dynamodb_table", {
              name: "millrace-dev-orders",
              hash_key: "owner",
              attribute: [{ name: "owner", type: "S" }],
              point_in_time_recovery: [{ enabled: true }],
              server_side_encryption: [{ kms_key_arn: "arn:aws:kms:::key/1" }],
            }),
            managed("aws_sqs_queue", {
              name: "millrace-dev-orders",
              visibility_timeout_seconds: 60,
              message_retention_seconds: 1209600,
              kms_master_key_id: "arn:aws:kms:::key/1",
              redrive_policy: JSON.stringify({
                deadLetterTargetArn: `arn:aws:sqs:${ACCOUNT}:millrace-dev-orders-dead`,
                maxReceiveCount: 10,
              }),
            }),
            managed("aws_sqs_queue", {
              name: "millrace-dev-orders-dead",
              visibility_timeout_seconds: 30,
              message_retention_seconds: 1209600,
              kms_master_key_id: "arn:aws:kms:::key/1",
            }),
          ],
        },
      ],
    },
  },
});

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
