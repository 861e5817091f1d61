import { compilePattern, PatternError } from "../matching/pattern.ts";
import type { Arns } from "../port/arn.ts";
import { openDatabase } from "../port/database.ts";
import { AwsError } from "../port/errors.ts";
import { isRecord } from "../port/input.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS buses (name TEXT PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS rules (bus TEXT NOT NULL, name TEXT NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (bus, name)) STRICT;
  CREATE TABLE IF NOT EXISTS targets (
    bus TEXT NOT NULL, rule TEXT NOT NULL, id TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (bus, rule, id)
  ) STRICT;
`;

export type Rule = {
  bus: string;
  name: string;
  pattern?: string;
  schedule?: string;
  enabled: boolean;
  description: string;
};
export type Target = { Id: string; Arn: string; [field: string]: unknown };

export const notFound = (what: string) =>
  new AwsError("ResourceNotFoundException", `${what} does not exist.`);

/** A pattern as text, parsed and checked. */
export const readPattern = (text: string): ((event: unknown) => boolean) => {
  const invalid = (reason: string) =>
    new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${reason}`);
  if (text.length > 4096) throw invalid("Event pattern is longer than 4096 characters");
  try {
    return compilePattern(JSON.parse(text));
  } catch (error) {
    throw invalid(error instanceof PatternError ? error.message : "Filter is not valid JSON");
  }
};

const toTarget = (text: string): Target => {
  const value: unknown = JSON.parse(text);
  return isRecord(value) ? { ...value, Id: String(value.Id), Arn: String(value.Arn) } : { Id: "", Arn: "" };
};

/** Buses, rules and targets, on disk and in memory. */
export const openRules = (file: string, arns: Arns) => {
  const database = openDatabase(file, SCHEMA);
  const buses = new Set<string>(["default"]);
  for (const { name } of database.prepare("SELECT name FROM buses").all()) buses.add(String(name));
  const rules = new Map<
    string,
    Rule & { matches: (event: unknown) => boolean; targets: Map<string, Target> }
  >();
  const keyOf = (bus: string, name: string) => `${bus}/${name}`;
  const put = (rule: Rule) => {
    const matches = rule.pattern === undefined ? () => false : readPattern(rule.pattern);
    const targets = rules.get(keyOf(rule.bus, rule.name))?.targets ?? new Map<string, Target>();
    rules.set(keyOf(rule.bus, rule.name), { ...rule, matches, targets });
  };
  for (const { rule } of database.prepare("SELECT rule FROM rules").all()) put(JSON.parse(String(rule)));
  for (const { bus, rule, target } of database.prepare("SELECT * FROM targets").all()) {
    const parsed = toTarget(String(target));
    rules.get(keyOf(String(bus), String(rule)))?.targets.set(parsed.Id, parsed);
  }

  const get = (bus: string, name: string) => {
    const rule = rules.get(keyOf(bus, name));
    if (!rule) throw notFound(`Rule ${name}`);
    return rule;
  };

  return {
    arnOfBus: (bus: string) => arns.at("events", `event-bus/${bus}`),
    arnOf: (bus: string, name: string) =>
      arns.at("events", bus === "default" ? `rule/${name}` : `rule/${bus}/${name}`),
    hasBus: (bus: string) => buses.has(bus),
    buses: () => [...buses],
    addBus: (bus: string) => {
      database.prepare("INSERT OR IGNORE INTO buses VALUES (?)").run(bus);
      buses.add(bus);
    },
    get,
    rules: (bus: string) => [...rules.values()].filter((rule) => rule.bus === bus),
    save: (rule: Rule) => {
      put(rule);
      database
        .prepare("INSERT OR REPLACE INTO rules VALUES (?, ?, ?)")
        .run(rule.bus, rule.name, JSON.stringify(rule));
    },
    remove: (bus: string, name: string) => {
      const rule = rules.get(keyOf(bus, name));
      if (rule && rule.targets.size > 0) {
        throw new AwsError("ValidationException", "Rule can't be deleted since it has targets.");
      }
      database.prepare("DELETE FROM rules WHERE bus = ? AND name = ?").run(bus, name);
      rules.delete(keyOf(bus, name));
    },
    putTarget: (bus: string, name: string, target: Target) => {
      get(bus, name).targets.set(target.Id, target);
      database
        .prepare("INSERT OR REPLACE INTO targets VALUES (?, ?, ?, ?)")
        .run(bus, name, target.Id, JSON.stringify(target));
    },
    removeTarget: (bus: string, name: string, id: string) => {
      get(bus, name).targets.delete(id);
      database.prepare("DELETE FROM targets WHERE bus = ? AND rule = ? AND id = ?").run(bus, name, id);
    },
    close: () => database.close(),
  };
};
