import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { DescribeEventBusCommand } from "@aws-sdk/client-eventbridge";
import { DescribeDeliveryStreamCommand } from "@aws-sdk/client-firehose";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { GetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { dynamodb } from "#common/aws/dynamodb.ts";
import { eventbridge } from "#common/aws/eventbridge.ts";
import { firehose } from "#common/aws/firehose.ts";
import { generateMac } from "#common/aws/kms.ts";
import { s3 } from "#common/aws/s3.ts";
import { sns } from "#common/aws/sns.ts";
import { sqs } from "#common/aws/sqs.ts";
import { readConfig, text } from "#common/config/config.ts";
import { variableName } from "#common/manifest/names.ts";
import { httpHandler } from "#common/middleware/http.ts";
import rights from "../rights.json" with { type: "json" };
import { makeAskDependencies } from "./ask-dependencies.ts";
import { contract } from "./contract.ts";
import manifest from "./function.json" with { type: "json" };

/** How a thing of each kind is asked whether it answers, by the value of its environment variable. */
const KINDS = {
  tables: {
    label: "table",
    ask: (name: string) => dynamodb().send(new DescribeTableCommand({ TableName: name })),
  },
  queues: {
    label: "queue",
    ask: (url: string) =>
      sqs().send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] })),
  },
  topics: {
    label: "topic",
    ask: (arn: string) => sns().send(new GetTopicAttributesCommand({ TopicArn: arn })),
  },
  buckets: {
    label: "bucket",
    ask: (name: string) => s3().send(new HeadBucketCommand({ Bucket: name })),
  },
  buses: {
    label: "bus",
    ask: (name: string) => eventbridge().send(new DescribeEventBusCommand({ Name: name })),
  },
  streams: {
    label: "stream",
    ask: (name: string) => firehose().send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: name })),
  },
  keys: { label: "key", ask: (id: string) => generateMac(id, "health") },
};

// What the manifest lets it touch is what it asks; there is no second list.
const listed = Object.entries(KINDS).flatMap(([kind, { label, ask }]) =>
  Object.keys(manifest.access[kind as keyof typeof manifest.access]).map((name) => ({
    name: `${label} ${name}`,
    variable: `${variableName(name)}_${rights[kind as keyof typeof rights].variable}`,
    ask,
  })),
);
const config = readConfig(Object.fromEntries(listed.map(({ variable }) => [variable, text()])));

const askDependencies = makeAskDependencies(
  listed.map(({ name, variable, ask }) => ({ name, ask: () => ask(config[variable] ?? "") })),
);

export const handler = httpHandler({
  manifest,
  contract,
  actions: {
    "GET /health/dependencies": async () => {
      const answer = await askDependencies();
      return { status: answer.status === "ok" ? 200 : 503, body: answer };
    },
  },
});
