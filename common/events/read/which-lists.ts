import { AUDIT_CUSTOMER_ID, AUDIT_TYPE } from "../event.ts";
import {
  aboutPartition,
  auditPartition,
  customerPartition,
  runRange,
  secondOf,
  timePartitions,
  typePartitions,
} from "../keys.ts";
import type { EventQuery, Position } from "./event-query.ts";

/** More types than this are looked up in the list by time, which has four partitions and not four for each. */
export const TYPES_MAX = 8;

const typesBut = ({ types }: EventQuery): string[] =>
  [...new Set(types)].filter((type) => type !== AUDIT_TYPE);

/** Which list holds the matches that are no audit events. */
const listOf = (query: EventQuery): "none" | "customer" | "types" | "time" => {
  const types = typesBut(query);
  if (query.customerId === AUDIT_CUSTOMER_ID || (types.length === 0 && query.types.length > 0)) return "none";
  if (query.customerId !== undefined) return "customer";
  return types.length === 0 || types.length > TYPES_MAX ? "time" : "types";
};

/** Partitions whose runs hold every match; a match stands in one of them, once. */
export const partitionsOf = (query: EventQuery): string[] => {
  const { organizationId, customerId = AUDIT_CUSTOMER_ID, about, types } = query;
  const withAudit = types.includes(AUDIT_TYPE) && customerId === AUDIT_CUSTOMER_ID;
  const audit = !withAudit
    ? []
    : [about === undefined ? auditPartition(organizationId) : aboutPartition(organizationId, about)];
  switch (listOf(query)) {
    case "none":
      return audit;
    case "customer":
      return [...audit, customerPartition(organizationId, customerId)];
    case "types":
      return [...audit, ...typesBut(query).flatMap((type) => typePartitions(organizationId, type))];
    case "time":
      return [...audit, ...timePartitions(organizationId)];
  }
};

/** Whether those partitions also hold what is not wanted (but for its date). */
export const isLookedThrough = (query: EventQuery): boolean => {
  const { actor, recordedBy, target, words, types } = query;
  return (
    actor !== undefined ||
    recordedBy !== undefined ||
    target !== undefined ||
    words.length > 0 ||
    (types.length > 0 && ["customer", "time"].includes(listOf(query)))
  );
};

/** Sort keys, inclusive, of the runs that can hold a match behind the position; undefined if none can. */
export const sortKeysOf = (
  { from, to, order }: EventQuery,
  after?: Position,
): { from: string; to: string } | undefined => {
  const range = runRange({ from, to });
  if (after && order === "asc") {
    const start = secondOf(after.date);
    if (start > range.from) range.from = start;
  }
  if (after && order === "desc") {
    const end = after.eventId === "" ? runRange({ to: after.date }).to : `${secondOf(after.date)}#~`;
    if (end < range.to) range.to = end;
  }
  // DynamoDB refuses a range whose end is before its start.
  return range.from <= range.to ? range : undefined;
};
