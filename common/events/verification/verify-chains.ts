import { allChains } from "../chains.ts";
import type { ChainId } from "../event.ts";
import { type Head, isFinished, readHead } from "../head.ts";
import { blocksFrom, chainPartition } from "../keys.ts";
import { type EventStore, queryPages } from "../store.ts";
import type { BrokenAt, Verdict } from "./broken.ts";
import { checkBlock, checkDerived, type Place, startOf } from "./check-block.ts";

type Store = Pick<EventStore, "get" | "getMany" | "queryPage">;

/** A step of verifying: everything up to `place` is checked, `events` more than before; or what is wrong behind it. */
export type Step = { place: Place; events: number; brokenAt?: BrokenAt };

/** Blocks whose items are compared while the next ones are read. */
const AT_ONCE = 4;

/** Checks the blocks one by one; their lists are compared meanwhile (`comparison`). */
async function* checkBlocks(
  store: Store,
  organizationId: string,
  start: Place,
  head: Head,
): AsyncGenerator<{ step: Step; comparison?: Promise<BrokenAt | undefined> }> {
  const { chain } = start;
  const { finished, done } = head;
  let place = start;
  const broken = (reason: string) => ({
    step: { place, events: 0, brokenAt: { chain, sequence: place.sequence, reason } },
  });
  const meetsHead = (): boolean =>
    place.block !== finished.number || (place.hash === finished.hash && place.sequence === finished.sequence);
  if (!meetsHead()) return yield broken("the chain's head says something else");

  const blocks = queryPages(store, {
    pk: chainPartition(organizationId, chain),
    ...blocksFrom(start.block + 1),
    consistent: true,
  });
  for await (const items of blocks) {
    for (const item of items) {
      const checked = await checkBlock(store, organizationId, place, item);
      if ("brokenAt" in checked) return yield { step: { place, events: 0, brokenAt: checked.brokenAt } };
      const { block, events } = checked;
      place = {
        chain,
        block: block.number,
        sequence: block.firstSequence + events.length - 1,
        hash: block.hash,
      };
      if (!meetsHead()) return yield broken("the chain's head says something else");
      const step = { place, events: events.length };
      // What follows from an open block may not be written yet.
      yield isFinished(head, block.number) ? { step, comparison: checkDerived(store, checked) } : { step };
    }
  }
  const last = Math.max(finished.number, ...done.map(({ number }) => number));
  if (last > place.block) yield broken("what followed it was removed");
}

async function* verifyChain(store: Store, organizationId: string, start: Place): AsyncGenerator<Step> {
  // Read first: whatever it knows to be finished is there, and so is everything that follows from it.
  const head = await readHead(store, organizationId, start.chain);
  const pending: { step: Step; comparison?: Promise<BrokenAt | undefined> }[] = [];
  let behind = start;
  const settle = async (): Promise<Step | undefined> => {
    const first = pending.shift();
    const brokenAt = await first?.comparison;
    if (brokenAt) return { place: behind, events: 0, brokenAt };
    if (first) behind = first.step.place;
    return first?.step;
  };
  for await (const one of checkBlocks(store, organizationId, start, head)) {
    // Whoever settles it meets a failure.
    one.comparison?.catch(() => {});
    pending.push(one);
    if (pending.length < AT_ONCE) continue;
    const step = await settle();
    if (step) yield step;
    if (step?.brokenAt) return;
  }
  while (pending.length > 0) {
    const step = await settle();
    if (step) yield step;
    if (step?.brokenAt) return;
  }
}

const isSameChain = (a: ChainId, b: ChainId): boolean => a.epoch === b.epoch && a.number === b.number;

/**
 * Recomputes every chain of an organization from its blocks, one after the other and each in order, and
 * compares the events and lists that readers see with them. Holds a page of blocks in memory, whatever
 * the chains' length. The first find is the last step. Goes on behind a place that an earlier step told.
 */
export async function* verifyChains(
  store: Store,
  organizationId: string,
  after?: Place,
): AsyncGenerator<Step> {
  const chains = allChains();
  const from = after === undefined ? 0 : chains.findIndex((chain) => isSameChain(chain, after.chain));
  for (const [index, chain] of chains.slice(from).entries()) {
    const start = index === 0 && after !== undefined ? after : startOf(organizationId, chain);
    for await (const step of verifyChain(store, organizationId, start)) {
      yield step;
      if (step.brokenAt) return;
    }
  }
}

/** The verdict of all steps; `onStep` is told each. */
export const verdictOf = async (
  steps: AsyncIterable<Step>,
  { checked = 0, onStep = async () => {} }: { checked?: number; onStep?: (step: Step) => Promise<void> } = {},
): Promise<Verdict> => {
  let sum = checked;
  for await (const step of steps) {
    sum += step.events;
    if (step.brokenAt) return { valid: false, checked: sum, brokenAt: step.brokenAt };
    await onStep(step);
  }
  return { valid: true, checked: sum };
};
