// Prints the events of the local bus as they come by: `npm run -s watch-bus -- --source co.cogo --follow`.

import { randomUUID } from "node:crypto";
import { useAws } from "./aws-environment.ts";
import { printHelp, readOptions, refuse } from "./options.ts";

const BUS = "millrace-local-bus";
const WATCH_MS = 10_000;
const WAIT_SECONDS = 2;

/** Has a rule of its own put events on a queue of its own, and prints them until the signal; then removes both. */
export const watchBus = async (
  source: string,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> => {
  const [eventBridge, queues] = await Promise.all([
    import("@aws-sdk/client-eventbridge"),
    import("@aws-sdk/client-sqs"),
  ]);
  const bus = new eventBridge.EventBridgeClient({});
  const sqs = new queues.SQSClient({});
  const name = `millrace-local-watch-${randomUUID()}`;
  const { QueueUrl = "" } = await sqs.send(new queues.CreateQueueCommand({ QueueName: name }));
  const { Attributes = {} } = await sqs.send(
    new queues.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  const rule = { EventBusName: BUS, Name: name };
  const pattern = { source: [source === "" ? { exists: true } : { prefix: source }] };
  try {
    await bus.send(new eventBridge.PutRuleCommand({ ...rule, EventPattern: JSON.stringify(pattern) }));
    const { EventBusName, Name: Rule } = rule;
    const target = { Id: "watch", Arn: Attributes.QueueArn ?? "" };
    await bus.send(new eventBridge.PutTargetsCommand({ EventBusName, Rule, Targets: [target] }));
    while (!signal.aborted) {
      const { Messages = [] } = await sqs.send(
        new queues.ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: WAIT_SECONDS,
        }),
      );
      for (const { Body = "{}", ReceiptHandle } of Messages) {
        const { time, source: from, "detail-type": type, detail } = JSON.parse(Body);
        print(`${time} ${from} ${type} ${JSON.stringify(detail)}`);
        await sqs.send(new queues.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  } finally {
    const { EventBusName, Name: Rule } = rule;
    await bus
      .send(new eventBridge.RemoveTargetsCommand({ EventBusName, Rule, Ids: ["watch"] }))
      .catch(() => {});
    await bus.send(new eventBridge.DeleteRuleCommand(rule)).catch(() => {});
    await sqs.send(new queues.DeleteQueueCommand({ QueueUrl }));
  }
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("watch-bus", argv)) return;
  const { values, faults } = readOptions("watch-bus", argv);
  if (faults.length > 0) return refuse(faults);
  useAws("local", values.endpoint);
  const stopped = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stopped.abort());
  if (!values.follow) setTimeout(() => stopped.abort(), WATCH_MS).unref();
  try {
    await watchBus(values.source, stopped.signal, (line) => process.stdout.write(`${line}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message || error.name : error}\n`);
    process.exitCode = 1;
  }
};

if (import.meta.main) await main();
