import { AUDIT_CHAIN, type ChainId, type EventMessage } from "../event.ts";
import { chainNumberOf } from "./hash.ts";

/**
 * The chains that take an organization's events. Four keep 10,000 events a second at a quarter of what
 * a partition takes (docs/data-models/events.md), and a quiet organization's batches in few blocks.
 * More chains are a new epoch, never another count in this one: the count decides an event's chain.
 */
const EPOCH = 1;
const CHAINS = 4;

/** The one chain that can hold this event. */
export const chainOf = ({ eventId, audit }: Pick<EventMessage, "eventId" | "audit">): ChainId =>
  audit ? AUDIT_CHAIN : { epoch: EPOCH, number: chainNumberOf(eventId, CHAINS) };

/** Whether it is one of an organization's chains. */
export const isChain = ({ epoch, number }: ChainId): boolean =>
  epoch === EPOCH ? number < CHAINS : epoch === AUDIT_CHAIN.epoch && number === AUDIT_CHAIN.number;

/** Every chain of an organization; which of them have begun is for their heads to say. */
export const allChains = (): ChainId[] => [
  AUDIT_CHAIN,
  ...Array.from({ length: CHAINS }, (_, number) => ({ epoch: EPOCH, number })),
];
