import { nameInArn } from "../port/arn.ts";
import { AwsError } from "../port/errors.ts";
import { optionalInteger, optionalText, text } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { invalid, type Sqs } from "./context.ts";
import type { MoveTasks } from "./move-tasks.ts";

export const resourceNotFound = (message: string) =>
  new AwsError("ResourceNotFoundException", message, { status: 404 });

export const noSuchArn = (parameter: string) =>
  resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);

export const startMessageMoveTask =
  ({ queues }: Sqs, tasks: MoveTasks): Operation =>
  async (input, call) => {
    const from = nameInArn(text(input, "SourceArn"));
    call.authorize("sqs:StartMessageMoveTask", queues.arnOf(from));
    if (!queues.has(from)) throw noSuchArn("SourceArn");
    const destination = optionalText(input, "DestinationArn");
    if (destination !== undefined && !queues.has(nameInArn(destination))) throw noSuchArn("DestinationArn");
    if (queues.sourcesOf(from).length === 0) {
      throw invalid("Source queue must be configured as a Dead Letter Queue.");
    }
    if (tasks.isRunning(from)) {
      throw invalid(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    }
    const perSecond = optionalInteger(input, "MaxNumberOfMessagesPerSecond", { min: 1, max: 500 });
    const { handle } = await tasks.start(from, destination, perSecond);
    return { TaskHandle: handle };
  };
