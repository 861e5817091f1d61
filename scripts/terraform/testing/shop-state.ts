import type { Declarations } from "#common/manifest/manifest.ts";

/** A shop with one function, and what Terraform makes of it. */
export const declarations: Declarations = {
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
    streams: {},
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
    streams: { service: "firehose", variable: "STREAM", rights: {} },
    athena: { service: "sts", variable: "READER_ROLE_ARN", rights: {} },
    secrets: { service: "secretsmanager", variable: "SECRET_ID", rights: {} },
  },
};

export const ACCOUNT = "eu-central-1:123456789012";
export const FUNCTION = `arn:aws:lambda:${ACCOUNT}:function:millrace-dev-shop-api`;
export const ROLE = "arn:aws:iam::123456789012:role/millrace-dev-shop-api";
export const TABLE = `arn:aws:dynamodb:${ACCOUNT}:table/millrace-dev-orders`;

export type Values = Record<string, unknown>;
export const managed = (type: string, values: Values) => ({
  address: `${type}.it`,
  mode: "managed",
  type,
  values,
});

export const statements = (): Values[] => [
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

export const operation = (security: Values[]): Values => ({
  security,
  "x-amazon-apigateway-integration": {
    uri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${FUNCTION}:live/invocations`,
  },
});

/** A state that agrees with the manifests but for what `changes` puts in place of it. */
export const stateWith = ({
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
