import type { PortListeners, Queues } from "../../seams.ts";
import { type Arns, nameInArn } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, optionalText, records, text, texts } from "../port/input.ts";
import type { Call, Operation, OperationService } from "../port/service.ts";
import { bytesOf, inputOf, readEntry } from "./events.ts";
import { notFound, openRules, readPattern, type Target } from "./rules.ts";

const REQUEST_BYTES_MAX = 1024 * 1024;

const invalid = (message: string) => new AwsError("ValidationException", message);

/**
 * The bus. Functions get events by their manifests' patterns, through the listener; rules made by API
 * deliver to queues. A call is answered when every receiver has the event in a durable queue.
 */
export const openEventBridge = (
  file: string,
  arns: Arns,
  queues: Pick<Queues, "send">,
  listeners: Pick<PortListeners, "onBusEvent">,
  now: () => number = Date.now,
) => {
  const rules = openRules(file, arns);

  const busOf = (input: Input): string => nameInArn(optionalText(input, "EventBusName") ?? "default");
  const checkedBus = (bus: string): string => {
    if (!rules.hasBus(bus)) throw notFound(`Event bus ${bus}`);
    return bus;
  };
  const openRule = (input: Input, call: Call, action: string, field = "Name") => {
    const bus = busOf(input);
    const name = text(input, field);
    call.authorize(`events:${action}`, rules.arnOf(bus, name));
    return { bus: checkedBus(bus), name };
  };

  const putEntry = async (entry: Input) => {
    const event = readEntry(entry, arns, now());
    if ("ErrorCode" in event) return event;
    const bus = busOf(entry);
    try {
      const targets = rules
        .rules(bus)
        .flatMap((rule) => (rule.enabled && rule.matches(event) ? [...rule.targets.values()] : []));
      await Promise.all([
        listeners.onBusEvent(bus, event),
        ...targets
          .filter(({ Arn }) => Arn.includes(":sqs:"))
          .map((target) => queues.send(nameInArn(target.Arn), inputOf(target, event))),
      ]);
      return { EventId: event.id };
    } catch (error) {
      return {
        ErrorCode: "InternalFailure",
        ErrorMessage: error instanceof Error ? error.message : String(error),
      };
    }
  };

  const describedBus = (name: string) => ({ Name: name, Arn: rules.arnOfBus(name) });

  const operations: Record<string, Operation> = {
    PutEvents: async (input, call) => {
      const entries = records(input, "Entries");
      if (entries.length < 1 || entries.length > 10) {
        throw invalid(
          `1 validation error detected: Value '[${entries.length} entries]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10`,
        );
      }
      for (const bus of new Set(entries.map(busOf))) {
        call.authorize("events:PutEvents", rules.arnOfBus(bus));
        checkedBus(bus);
      }
      if (entries.reduce((bytes, entry) => bytes + bytesOf(entry), 0) >= REQUEST_BYTES_MAX) {
        throw invalid("Total size of the entries in the request is over the limit.");
      }
      const Entries = await Promise.all(entries.map(putEntry));
      return { FailedEntryCount: Entries.filter((entry) => "ErrorCode" in entry).length, Entries };
    },
    CreateEventBus: (input, call) => {
      const name = text(input, "Name");
      call.authorize("events:CreateEventBus", rules.arnOfBus(name));
      if (rules.hasBus(name))
        throw new AwsError("ResourceAlreadyExistsException", `Event bus ${name} already exists.`);
      rules.addBus(name);
      return { EventBusArn: rules.arnOfBus(name) };
    },
    DescribeEventBus: (input, call) => {
      const name = nameInArn(optionalText(input, "Name") ?? "default");
      call.authorize("events:DescribeEventBus", rules.arnOfBus(name));
      return describedBus(checkedBus(name));
    },
    ListEventBuses: (input, call) => {
      call.authorize("events:ListEventBuses", "*");
      const prefix = optionalText(input, "NamePrefix") ?? "";
      return {
        EventBuses: rules
          .buses()
          .filter((name) => name.startsWith(prefix))
          .map(describedBus),
      };
    },
    PutRule: (input, call) => {
      const { bus, name } = openRule(input, call, "PutRule");
      const pattern = optionalText(input, "EventPattern");
      const schedule = optionalText(input, "ScheduleExpression");
      if (pattern === undefined && schedule === undefined) {
        throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
      }
      rules.save({
        bus,
        name,
        ...(pattern === undefined ? {} : { pattern }),
        ...(schedule === undefined ? {} : { schedule }),
        enabled: optionalText(input, "State") !== "DISABLED",
        description: optionalText(input, "Description") ?? "",
      });
      return { RuleArn: rules.arnOf(bus, name) };
    },
    ListRules: (input, call) => {
      const bus = busOf(input);
      call.authorize("events:ListRules", rules.arnOf(bus, "*"));
      const prefix = optionalText(input, "NamePrefix") ?? "";
      const found = rules.rules(checkedBus(bus)).filter(({ name }) => name.startsWith(prefix));
      return {
        Rules: found.map(({ name, pattern, schedule, enabled, description }) => ({
          Name: name,
          Arn: rules.arnOf(bus, name),
          ...(pattern === undefined ? {} : { EventPattern: pattern }),
          ...(schedule === undefined ? {} : { ScheduleExpression: schedule }),
          State: enabled ? "ENABLED" : "DISABLED",
          Description: description,
          EventBusName: bus,
        })),
      };
    },
    DeleteRule: (input, call) => {
      const { bus, name } = openRule(input, call, "DeleteRule");
      rules.remove(bus, name);
      return {};
    },
    PutTargets: (input, call) => {
      const { bus, name } = openRule(input, call, "PutTargets", "Rule");
      rules.get(bus, name);
      const targets = records(input, "Targets").map(
        (target): Target => ({ ...target, Id: text(target, "Id"), Arn: text(target, "Arn") }),
      );
      for (const target of targets) rules.putTarget(bus, name, target);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    ListTargetsByRule: (input, call) => {
      const { bus, name } = openRule(input, call, "ListTargetsByRule", "Rule");
      return { Targets: [...rules.get(bus, name).targets.values()] };
    },
    RemoveTargets: (input, call) => {
      const { bus, name } = openRule(input, call, "RemoveTargets", "Rule");
      for (const id of texts(input, "Ids")) rules.removeTarget(bus, name, id);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    TestEventPattern: (input, call) => {
      call.authorize("events:TestEventPattern", "*");
      const matches = readPattern(text(input, "EventPattern"));
      let event: unknown;
      try {
        event = JSON.parse(text(input, "Event"));
      } catch {
        throw invalid("Event is not valid JSON.");
      }
      if (!isRecord(event)) throw invalid("Event is not an object.");
      return { Result: matches(event) };
    },
  };

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
    close: rules.close,
  };
  return { service, ensureBus: (name: string) => rules.addBus(name) };
};
