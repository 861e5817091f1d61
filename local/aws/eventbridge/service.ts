import type { PortListeners, Queues } from "../../seams.ts";
import type { Arns } from "../port/arn.ts";
import { openDatabase } from "../port/database.ts";
import { openOutbox, queueRetryMs } from "../port/outbox.ts";
import type { Operation, OperationService } from "../port/service.ts";
import type { BusAction, BusContext } from "./context.ts";
import { createEventBus } from "./create-event-bus.ts";
import { deleteEventBus } from "./delete-event-bus.ts";
import { deleteRule } from "./delete-rule.ts";
import { type Delivery, deliverToTarget } from "./delivery.ts";
import { describeEventBus } from "./describe-event-bus.ts";
import { describeRule } from "./describe-rule.ts";
import { disableRule } from "./disable-rule.ts";
import { enableRule } from "./enable-rule.ts";
import { listEventBuses } from "./list-event-buses.ts";
import { listRules } from "./list-rules.ts";
import { listTargetsByRule } from "./list-targets-by-rule.ts";
import { putEvents } from "./put-events.ts";
import { putRule } from "./put-rule.ts";
import { putTargets } from "./put-targets.ts";
import { removeTargets } from "./remove-targets.ts";
import { openRules, RULES_SCHEMA } from "./rules.ts";
import { testEventPattern } from "./test-event-pattern.ts";

const ACTIONS: Readonly<Record<string, BusAction>> = {
  PutEvents: putEvents,
  CreateEventBus: createEventBus,
  DeleteEventBus: deleteEventBus,
  DescribeEventBus: describeEventBus,
  ListEventBuses: listEventBuses,
  PutRule: putRule,
  DescribeRule: describeRule,
  EnableRule: enableRule,
  DisableRule: disableRule,
  ListRules: listRules,
  DeleteRule: deleteRule,
  PutTargets: putTargets,
  ListTargetsByRule: listTargetsByRule,
  RemoveTargets: removeTargets,
  TestEventPattern: testEventPattern,
};

export type EventBridgeOptions = {
  file: string;
  arns: Arns;
  queues: Pick<Queues, "send">;
  listeners: Pick<PortListeners, "onBusEvent">;
  log: (error: unknown, work: string) => void;
  now: () => number;
};

/**
 * The bus. Functions get events by their manifests' patterns, through the listener; rules made by API
 * deliver to queues.
 */
export const openEventBridge = ({ file, arns, queues, listeners, log, now }: EventBridgeOptions) => {
  const database = openDatabase(file, RULES_SCHEMA);
  const rules = openRules(database, arns);
  const deliver = deliverToTarget(queues, arns, log);
  const outbox = openOutbox<Delivery>(database, { deliver, retryMs: queueRetryMs, log, now });
  const context: BusContext = { rules, arns, outbox, listeners, now };
  const operations: Record<string, Operation> = Object.fromEntries(
    Object.entries(ACTIONS).map(([name, action]) => [name, action(context)]),
  );

  const service: OperationService = {
    kind: "operations",
    name: "events",
    protocols: ["json"],
    targets: ["AWSEvents"],
    errorPrefix: "",
    jsonVersion: "1.1",
    inputError: { missing: "ValidationException", invalid: "ValidationException" },
    throttling: { code: "ThrottlingException", status: 400 },
    unknownOperation: { code: "UnknownOperationException", status: 400 },
    xmlNamespace: "",
    operations,
    close: async () => {
      await outbox.close();
      database.close();
    },
  };
  return { service, ensureBus: (name: string) => rules.addBus(name) };
};
