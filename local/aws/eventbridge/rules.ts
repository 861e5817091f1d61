import type { DatabaseSync } from "node:sqlite";
import type { Arns } from "../port/arn.ts";
import { AwsError, StartError } from "../port/errors.ts";
import { isRecord } from "../port/input.ts";
import { invalid, noRule } from "./errors.ts";
import { readPattern } from "./event-pattern.ts";
import type { Target } from "./target.ts";

export const RULES_SCHEMA = `
  CREATE TABLE IF NOT EXISTS buses (name TEXT PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS rules (bus TEXT NOT NULL, name TEXT NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (bus, name)) STRICT;
  CREATE TABLE IF NOT EXISTS targets (
    bus TEXT NOT NULL, rule TEXT NOT NULL, id TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (bus, rule, id)
  ) STRICT;
`;

const TARGETS_MAX = 5;

export type Rule = {
  bus: string;
  name: string;
  pattern?: string;
  schedule?: string;
  enabled: boolean;
  description: string;
};
export type RuleWithTargets = Rule & {
  matchesEvent: (event: unknown) => boolean;
  targets: Map<string, Target>;
};

const toTarget = (text: string): Target => {
  const value: unknown = JSON.parse(text);
  return isRecord(value) ? { ...value, Id: String(value.Id), Arn: String(value.Arn) } : { Id: "", Arn: "" };
};

/** Buses, rules and targets, on disk and in memory. */
export const openRules = (database: DatabaseSync, arns: Arns) => {
  const buses = new Set<string>(["default"]);
  for (const { name } of database.prepare("SELECT name FROM buses").all()) buses.add(String(name));
  const rules = new Map<string, RuleWithTargets>();
  const ruleKey = (bus: string, name: string) => `${bus}/${name}`;
  const put = (rule: Rule) => {
    const matchesEvent = rule.pattern === undefined ? () => false : readPattern(rule.pattern);
    const targets = rules.get(ruleKey(rule.bus, rule.name))?.targets ?? new Map<string, Target>();
    rules.set(ruleKey(rule.bus, rule.name), { ...rule, matchesEvent, targets });
  };
  for (const row of database.prepare("SELECT rule FROM rules").all()) {
    const rule: Rule = JSON.parse(String(row.rule));
    try {
      put(rule);
    } catch (error) {
      // An earlier version of the platform may have stored a pattern that EventBridge refuses.
      throw new StartError(
        `The local rule ${rule.name} has a pattern that EventBridge refuses (${error instanceof Error ? error.message : String(error)}); \`npm start -- --fresh\` starts empty.`,
        { cause: error },
      );
    }
  }
  for (const { bus, rule, target } of database.prepare("SELECT * FROM targets").all()) {
    const parsed = toTarget(String(target));
    rules.get(ruleKey(String(bus), String(rule)))?.targets.set(parsed.Id, parsed);
  }

  const get = (bus: string, name: string): RuleWithTargets => {
    const rule = rules.get(ruleKey(bus, name));
    if (!rule) throw noRule(name, bus);
    return rule;
  };
  const rulesOf = (bus: string) => [...rules.values()].filter((rule) => rule.bus === bus);

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
    removeBus: (bus: string) => {
      if (rulesOf(bus).length > 0) {
        throw invalid(`Cannot delete event bus ${bus} that still has rules.`);
      }
      database.prepare("DELETE FROM buses WHERE name = ?").run(bus);
      buses.delete(bus);
    },
    get,
    rules: rulesOf,
    save: ({ bus, name, pattern, schedule, enabled, description }: Rule) => {
      const rule = {
        bus,
        name,
        ...(pattern === undefined ? {} : { pattern }),
        ...(schedule === undefined ? {} : { schedule }),
        enabled,
        description,
      };
      put(rule);
      database.prepare("INSERT OR REPLACE INTO rules VALUES (?, ?, ?)").run(bus, name, JSON.stringify(rule));
    },
    remove: (bus: string, name: string) => {
      const rule = rules.get(ruleKey(bus, name));
      if (rule && rule.targets.size > 0) throw invalid("Rule can't be deleted since it has targets.");
      database.prepare("DELETE FROM rules WHERE bus = ? AND name = ?").run(bus, name);
      rules.delete(ruleKey(bus, name));
    },
    putTargets: (bus: string, name: string, targets: readonly Target[]) => {
      const kept = get(bus, name).targets;
      if (new Set([...kept.keys(), ...targets.map(({ Id }) => Id)]).size > TARGETS_MAX) {
        throw new AwsError(
          "LimitExceededException",
          "The requested resource exceeds the maximum number allowed.",
        );
      }
      for (const target of targets) {
        kept.set(target.Id, target);
        database
          .prepare("INSERT OR REPLACE INTO targets VALUES (?, ?, ?, ?)")
          .run(bus, name, target.Id, JSON.stringify(target));
      }
    },
    removeTarget: (bus: string, name: string, id: string) => {
      get(bus, name).targets.delete(id);
      database.prepare("DELETE FROM targets WHERE bus = ? AND rule = ? AND id = ?").run(bus, name, id);
    },
  };
};
export type Rules = ReturnType<typeof openRules>;
