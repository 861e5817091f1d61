import { text, textMap } from "../port/input.ts";
import { openTopic, type SnsAction } from "./context.ts";
import { invalidParameter } from "./errors.ts";

const PROTOCOLS = new Set([
  "sqs",
  "lambda",
  "firehose",
  "http",
  "https",
  "email",
  "email-json",
  "sms",
  "application",
]);

const checkEndpoint = (protocol: string, endpoint: string): void => {
  if (!PROTOCOLS.has(protocol)) {
    throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  }
  if (protocol === "firehose" && !/^arn:[^:]+:firehose:[^:]+:[^:]+:deliverystream\/.+$/.test(endpoint)) {
    throw invalidParameter("Firehose endpoint ARN");
  }
  if (protocol !== "sqs") return;
  if (!endpoint.startsWith("arn:")) throw invalidParameter("SQS endpoint ARN");
  if (endpoint.endsWith(".fifo")) {
    throw invalidParameter(
      "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
    );
  }
};

export const subscribe: SnsAction = (context) => (input, call) => {
  const topic = openTopic(context, input, call, "Subscribe");
  const protocol = text(input, "Protocol");
  const endpoint = text(input, "Endpoint");
  checkEndpoint(protocol, endpoint);
  const attributes = textMap(input, "Attributes");
  if (protocol === "firehose" && !attributes.SubscriptionRoleArn) {
    throw invalidParameter("Attributes Reason: SubscriptionRoleArn is required");
  }
  const { arn } = context.topics.subscribe(topic, protocol, endpoint, attributes);
  return { SubscriptionArn: arn };
};
