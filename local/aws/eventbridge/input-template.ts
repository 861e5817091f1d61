import type { BusEvent } from "../../seams.ts";
import { valueAt } from "./json-path.ts";

const PLACEHOLDER = /<([A-Za-z0-9_.-]+)>/g;

/** Predefined placeholders: the rule, and the event without a path of its own. */
export const RESERVED = [
  "aws.events.rule-arn",
  "aws.events.rule-name",
  "aws.events.event.ingestion-time",
  "aws.events.event",
  "aws.events.event.json",
];

export type Transformer = { paths: Readonly<Record<string, string>>; template: string };
export type TemplateSource = { event: BusEvent; ruleArn: string; ruleName: string; ingestionTime: string };

export const placeholdersOf = (template: string): string[] =>
  [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);

const isJsonTemplate = (template: string): boolean => /^\s*[{[]/.test(template);

/** Whether this place is inside a JSON string. */
const isInString = (template: string, place: number): boolean => {
  let inside = false;
  for (let at = 0; at < place; at += 1) {
    if (template[at] === "\\") at += 1;
    else if (template[at] === '"') inside = !inside;
  }
  return inside;
};

/** The event as `<aws.events.event>` gives it: without the detail, and with one field spelled differently. */
const envelopeOf = ({ event, ingestionTime }: TemplateSource) => {
  const { detail: _, "detail-type": detailType, time: __, ...rest } = event;
  return { ...rest, detailType, time: ingestionTime };
};

const placeholderValue = (name: string, paths: Transformer["paths"], source: TemplateSource): unknown => {
  switch (name) {
    case "aws.events.rule-arn":
      return source.ruleArn;
    case "aws.events.rule-name":
      return source.ruleName;
    case "aws.events.event.ingestion-time":
      return source.ingestionTime;
    case "aws.events.event":
      return envelopeOf(source);
    case "aws.events.event.json":
      return source.event;
    default:
      return valueAt(source.event, paths[name] ?? "");
  }
};

/** A text template has no quotes, neither around a string nor around the strings of an object or a list. */
const inText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value).replaceAll('"', "");

/** Inside a JSON string, a string is written as it is, unescaped; any other value is written as JSON. */
const inString = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A template with its placeholders filled; undefined if a value made its JSON invalid. */
export const fillTemplate = (
  { template, paths }: Transformer,
  source: TemplateSource,
): string | undefined => {
  const json = isJsonTemplate(template);
  const filled = template.replace(PLACEHOLDER, (_, name: string, place: number) => {
    // A field that the event lacks is written as an empty text.
    const found = placeholderValue(name, paths, source);
    const value = found === undefined ? "" : found;
    if (!json) return inText(value);
    return isInString(template, place) ? inString(value) : JSON.stringify(value);
  });
  if (!json) return filled;
  try {
    JSON.parse(filled);
    return filled;
  } catch {
    return undefined;
  }
};

/** Whether a template is JSON, or lines of quoted text, for any values of its placeholders. */
export const isTemplate = (template: string): boolean => {
  const parts = isJsonTemplate(template) ? [template] : template.split("\n").filter((line) => line.trim());
  return (
    parts.length > 0 &&
    parts.every((part) => {
      const sample = part.replace(PLACEHOLDER, (_, __, place: number) =>
        isInString(part, place) ? "" : "0",
      );
      try {
        JSON.parse(sample);
        return true;
      } catch {
        return false;
      }
    })
  );
};
