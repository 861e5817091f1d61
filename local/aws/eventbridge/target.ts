import { AwsError } from "../port/errors.ts";
import { type Input, isRecord, optionalInteger, optionalText, record, text, textMap } from "../port/input.ts";
import {
  fillTemplate,
  isTemplate,
  placeholdersOf,
  RESERVED,
  type TemplateSource,
  type Transformer,
} from "./input-template.ts";
import { readPath, valueAt } from "./json-path.ts";

/** A target as PutTargets got it, and as ListTargetsByRule gives it back. */
export type Target = { Id: string; Arn: string; [field: string]: unknown };

const ID_LENGTH_MAX = 64;
const ATTEMPTS_MAX = 185;
const AGE_SECONDS_MAX = 86_400;
const PATHS_MAX = 100;
const ARN = /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/;
const QUEUE_ARN = /^arn:[^:]+:sqs:[^:]+:[^:]+:[^:]+$/;

const invalid = (message: string) => new AwsError("ValidationException", message);
const violated = (value: string, field: string, constraint: string) =>
  invalid(
    `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: Member must ${constraint}`,
  );

const transformerOf = (target: Input): Transformer | undefined => {
  if (!isRecord(target.InputTransformer)) return undefined;
  const paths = textMap(target.InputTransformer, "InputPathsMap");
  return { paths, template: optionalText(target.InputTransformer, "InputTemplate") ?? "" };
};

const checkTransformer = ({ paths, template }: Transformer, id: string): void => {
  if (Object.keys(paths).length > PATHS_MAX) {
    throw violated("InputPathsMap", "inputPathsMap", `have length less than or equal to ${PATHS_MAX}`);
  }
  const reserved = Object.keys(paths).find((name) => name.toLowerCase().startsWith("aws."));
  if (reserved !== undefined)
    throw invalid(`Invalid InputPathsMap for target ${id}: ${reserved} is reserved.`);
  if (Object.values(paths).some((path) => readPath(path) === undefined)) {
    throw invalid(`Invalid InputPathsMap for target ${id}.`);
  }
  for (const name of placeholdersOf(template)) {
    if (RESERVED.includes(name) || Object.hasOwn(paths, name)) continue;
    throw invalid(`InputTemplate for target ${id} contains invalid placeholder ${name}.`);
  }
  if (!isTemplate(template)) {
    throw invalid(
      `Invalid InputTemplate for target ${id} : [Source: (String)"${template}"; line: 1, column: 1].`,
    );
  }
};

const checkInput = (target: Input, id: string): void => {
  const input = optionalText(target, "Input");
  const path = optionalText(target, "InputPath");
  const transformer = transformerOf(target);
  if ([input, path, transformer].filter((one) => one !== undefined).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`);
  }
  if (path !== undefined && readPath(path) === undefined)
    throw invalid(`Invalid InputPath for target ${id}.`);
  if (transformer) checkTransformer(transformer, id);
  if (input === undefined) return;
  try {
    JSON.parse(input);
  } catch {
    throw invalid(`JSON syntax error in input for target ${id}.`);
  }
};

/** A target's settings for failed deliveries. */
export const retryPolicyOf = (target: Input) => {
  const policy = record(target, "RetryPolicy");
  const attempts = optionalInteger(policy, "MaximumRetryAttempts", { min: 0, max: ATTEMPTS_MAX });
  const age = optionalInteger(policy, "MaximumEventAgeInSeconds", { min: 60, max: AGE_SECONDS_MAX });
  return { attemptsMax: attempts ?? ATTEMPTS_MAX, ageSecondsMax: age ?? AGE_SECONDS_MAX };
};

export const deadLetterArnOf = (target: Input): string | undefined =>
  optionalText(record(target, "DeadLetterConfig"), "Arn");

/** Parses a target of PutTargets; `place` is its number in the request, from 1. */
export const readTarget = (target: Input, place: number): Target => {
  const Id = text(target, "Id");
  const Arn = text(target, "Arn");
  const field = `targets.${place}.member.id`;
  if (!/^[.\-_A-Za-z0-9]+$/.test(Id)) {
    throw violated(Id, field, "satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+");
  }
  if (Id.length > ID_LENGTH_MAX)
    throw violated(Id, field, `have length less than or equal to ${ID_LENGTH_MAX}`);
  if (!ARN.test(Arn)) {
    throw invalid(`Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`);
  }
  if (Arn.endsWith(".fifo") && !isRecord(target.SqsParameters)) {
    throw invalid(`Parameter(s) SqsParameters must be specified for target: ${Id}.`);
  }
  const deadLetterArn = deadLetterArnOf(target);
  if (deadLetterArn !== undefined && !QUEUE_ARN.test(deadLetterArn)) {
    throw invalid(`Parameter ${deadLetterArn} is not valid. Reason: Provided Arn is not in correct format.`);
  }
  retryPolicyOf(target);
  checkInput(target, Id);
  return { ...target, Id, Arn };
};

/**
 * What a target gets: the event, its `Input`, what `InputPath` finds, or the filled template; undefined
 * if the event's values make the template's JSON invalid, which EventBridge does not deliver.
 */
export const inputOf = (target: Target, source: TemplateSource): string | undefined => {
  if (typeof target.Input === "string") return target.Input;
  if (typeof target.InputPath === "string")
    return JSON.stringify(valueAt(source.event, target.InputPath) ?? null);
  const transformer = transformerOf(target);
  return transformer ? fillTemplate(transformer, source) : JSON.stringify(source.event);
};
