import type { Table } from "#common/table/table.ts";
import type { HeldAnchor } from "../anchors/heads.ts";
import type { Block, PlacedEvent } from "../chain/block.ts";
import { allChains } from "../chain/chain-of.ts";
import { type Head, headFromItem, isFinished, newHead } from "../chain/head.ts";
import { type ChainId, chainName, isAuditChain } from "../event.ts";
import { headKey } from "../keys.ts";
import { type ListProgress, makeListCheck, newListProgress } from "./list-check.ts";
import { locateListFault } from "./locate-list-fault.ts";
import type { ChainFault } from "./verify-block.ts";
import { type ChainVerdict, chainStart, verifyChain } from "./verify-chain.ts";
import { verifyEventItems } from "./verify-readable.ts";

/** How far a verification is, as plain JSON: hand it back to go on. */
export type Progress = {
  /** Held against, for as long as this verification takes; null where there is none. */
  anchor: HeldAnchor | null;
  /** As they were when it began, by the chain's name: blocks that they know of are finished. */
  heads: Record<string, Head>;
  chains: ChainVerdict[];
  lists: ListProgress;
  /** Only what a second pass finds is left. */
  isLocating: boolean;
};

export type OrganizationVerdict = {
  valid: boolean;
  /** The organization's events. The audit chain is verified too, but its events count only where they are asked for. */
  checked: number;
  complete: boolean;
  /** Key of the anchor that the heads were held against. */
  anchor: string | null;
  /** The first fault of the first chain that has one, or of the lists. */
  brokenAt?: ChainFault;
  progress: Progress;
};

export type VerifyOptions = {
  /** Also what readers see, compared with what the blocks say. */
  deep?: boolean;
  /** Finds the last anchor; asked once, when a verification begins. */
  anchor?: () => Promise<HeldAnchor | null>;
  /** Asked after each block and page; when it says yes, the verdict is about what was checked until then. */
  isTimeUp?: () => boolean;
  earlier?: Progress | undefined;
};

/** The organization's events among them: what a caller hears was checked. */
export const eventsCheckedIn = (chains: readonly ChainVerdict[]): number =>
  checkedIn(chains.filter(({ chain }) => !isAuditChain(chain)));

/** Events looked at in these chains, audit events too. */
const checkedIn = (chains: readonly ChainVerdict[]): number =>
  chains.reduce((sum, { checked }) => sum + checked, 0);

/** Events and list rows looked at so far: more of them is progress. */
export const workDone = ({ chains, lists, isLocating }: Progress): number =>
  checkedIn(chains) + lists.rows + (isLocating ? 1 : 0);

const readHeads = async (
  store: Table,
  organizationId: string,
): Promise<{ heads: Record<string, Head>; faults: ChainFault[] }> => {
  const heads: Record<string, Head> = {};
  const faults: ChainFault[] = [];
  for (const chain of allChains()) {
    const item = await store.get(headKey(organizationId, chain), { consistent: true });
    heads[chainName(chain)] = newHead(organizationId, chain);
    if (!item) continue;
    try {
      heads[chainName(chain)] = headFromItem(item);
    } catch {
      faults.push({ kind: "head", chain, block: 0, sequence: 0, message: "the chain's head cannot be read" });
    }
  }
  return { heads, faults };
};

const begin = async (
  store: Table,
  organizationId: string,
  anchor: HeldAnchor | null,
): Promise<{ progress: Progress; fault?: ChainFault }> => {
  // Behind the anchor, whose heads can only be the same or older.
  const { heads, faults } = await readHeads(store, organizationId);
  const chains = allChains().map((chain) => {
    const fault = faults.find((one) => chainName(one.chain) === chainName(chain));
    const end = chainStart(organizationId, chain);
    return { chain, checked: 0, end, complete: fault !== undefined, ...(fault ? { fault } : {}) };
  });
  const [fault] = faults;
  const progress = { anchor, heads, chains, lists: newListProgress(), isLocating: false };
  return { progress, ...(fault ? { fault } : {}) };
};

/**
 * Verifies all that an organization has: its chains one after the other, and if it is `deep` all that readers see.
 * When time is up it is not complete: hand the verdict's `progress` in as `earlier` to go on.
 */
export const verifyOrganization = async (
  store: Table,
  organizationId: string,
  { deep = false, anchor, isTimeUp = () => false, earlier }: VerifyOptions = {},
): Promise<OrganizationVerdict> => {
  const held = earlier ? earlier.anchor : ((await anchor?.()) ?? null);
  const started = earlier ? { progress: earlier } : await begin(store, organizationId, held);
  const { heads } = started.progress;
  const isSettled = (chain: ChainId, block: number): boolean => {
    const head = heads[chainName(chain)];
    return head !== undefined && isFinished(head, block);
  };
  const lists = makeListCheck({ store, organizationId, isSettled }, started.progress.lists);
  const chains: ChainVerdict[] = [];
  let { isLocating } = started.progress;

  const verdict = (complete: boolean, brokenAt?: ChainFault): OrganizationVerdict => ({
    valid: !brokenAt,
    checked: eventsCheckedIn(chains),
    complete: complete || brokenAt !== undefined,
    anchor: held?.key ?? null,
    ...(brokenAt ? { brokenAt } : {}),
    progress: { anchor: held, heads, chains, lists: lists.progress(), isLocating },
  });

  const checkReadable = async (block: Block, events: readonly PlacedEvent[]) =>
    (await verifyEventItems(store, block, events)) ??
    (await lists.addBlock(block, events)) ??
    (await lists.workOff(isTimeUp));

  let listFault = await lists.workOff(isTimeUp);
  for (const last of started.progress.chains) {
    const { chain } = last;
    if (last.complete || listFault || isTimeUp()) {
      chains.push(last);
      continue;
    }
    const checked = await verifyChain(store, organizationId, chain, {
      head: heads[chainName(chain)] ?? newHead(organizationId, chain),
      anchored: held?.heads.find((head) => chainName(head) === chainName(chain)),
      isTimeUp,
      from: last.end,
      ...(deep ? { checkReadable } : {}),
    });
    chains.push({ ...checked, checked: checked.checked + last.checked });
  }
  const broken = chains.find(({ fault }) => fault)?.fault ?? listFault;
  if (broken || !chains.every(({ complete }) => complete)) return verdict(false, broken);
  if (!deep) return verdict(true);

  lists.beginFixed();
  if (!isTimeUp()) listFault = await lists.workOff(isTimeUp);
  if (listFault || !lists.isDone()) return verdict(false, listFault);
  const buckets = lists.uneven();
  if (buckets.length === 0) return verdict(true);
  // The second pass has no checkpoints: a job that begins it late begins it anew, with more time.
  if (isTimeUp()) {
    isLocating = true;
    return verdict(false);
  }
  const located = await locateListFault({ store, organizationId, isSettled, buckets, isTimeUp });
  isLocating = !located.complete;
  return verdict(located.complete, located.fault);
};
