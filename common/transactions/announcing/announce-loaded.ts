import type { ImportFacts, StoredReceipt } from "#common/imports/registration.ts";
import type { AccountReceipt, Receipt } from "../loading/receipt.ts";
import { type AccountEvent, eventsOf } from "./outbox.ts";

/** More ids than this are several events. */
const IDS_MAX = 500;

const inParts = <T>(values: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(values.length / IDS_MAX) }, (_, part) =>
    values.slice(part * IDS_MAX, (part + 1) * IDS_MAX),
  );

/**
 * What a chunk of an import did, as events: the same ones from the same receipts. Owners and balance are those of
 * the account's last receipt of the chunk.
 */
export const loadedEvents = (
  { organizationId, importId, chunk }: ImportFacts & { chunk: number },
  receipts: readonly StoredReceipt<Receipt>[],
): AccountEvent[] => {
  const accounts = new Map<string, AccountReceipt[]>();
  for (const { receipt, round } of receipts) {
    // What is said anew for a take-back shows nothing.
    if (round > 0) continue;
    for (const one of receipt) accounts.set(one.accountId, [...(accounts.get(one.accountId) ?? []), one]);
  }
  return [...accounts].flatMap(([accountId, unordered]) => {
    const parts = unordered.toSorted((one, other) => one.version - other.version);
    const last = parts.at(-1);
    if (last === undefined) return [];
    const concerned = { organizationId, accountId, owners: last.owners };
    const when = { time: last.time };
    const added = parts.flatMap((part) => part.added);
    const balance = parts.findLast((part) => part.balance)?.balance;
    return [
      ...inParts(added).flatMap((transactionIds, part) =>
        eventsOf("account_transactionadded", concerned, when, {
          parts: [importId, String(chunk), String(part)],
          more: { count: transactionIds.length, transactionIds, importId },
        }),
      ),
      ...(balance
        ? eventsOf("account_balanceupdated", concerned, when, {
            parts: [importId, String(chunk)],
            more: balance,
          })
        : []),
    ];
  });
};
