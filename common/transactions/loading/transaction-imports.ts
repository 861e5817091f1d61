import { cleanse } from "#common/cleansing/rules.ts";
import type { ImportFacts, StoredReceipt } from "#common/imports/registration.ts";
import type { Table } from "#common/table/table.ts";
import { loadedEvents } from "../announcing/announce-loaded.ts";
import type { AccountEvent } from "../announcing/outbox.ts";
import { makeRegisterOrganization } from "../organizations.ts";
import { highestOf, type Row, type RulesAnswer } from "../rows/row.ts";
import { transactionKind } from "./kind.ts";
import { makeDecide } from "./load.ts";
import type { Receipt } from "./receipt.ts";
import { makeRestate, makeTakeBack } from "./take-back.ts";

export type TransactionImportsDeps = {
  /** The table `transactions`. */
  table: Pick<Table, "getMany" | "queryPage" | "putAll">;
  defaultCurrency: string;
  /** Puts these on the bus; throws unless it has all of them. */
  publish: (name: AccountEvent["name"], details: AccountEvent["detail"][]) => Promise<void>;
  now?: () => number;
};

/** What the rules say of the description that a row shows. */
const rulesOf = (row: Row): RulesAnswer | undefined => {
  const description = highestOf(row)?.content.description;
  const answer = description === undefined ? undefined : cleanse(description);
  return description === undefined || answer === undefined ? undefined : { description, ...answer };
};

/** How files of transactions are loaded, taken back and announced: an `ImportLoading` for the ledger of imports. */
export const transactionImports = ({
  table,
  defaultCurrency,
  publish,
  now = Date.now,
}: TransactionImportsDeps) => {
  const deps = { table, now, rulesOf, register: makeRegisterOrganization(table) };
  return {
    kind: transactionKind(defaultCurrency),
    decide: makeDecide(deps),
    restate: makeRestate(deps),
    takeBack: makeTakeBack(deps),
    announce: async (
      loaded: ImportFacts & { readonly chunk: number },
      receipts: readonly StoredReceipt<Receipt>[],
    ): Promise<void> => {
      for (const [name, events] of Map.groupBy(loadedEvents(loaded, receipts), (event) => event.name)) {
        await publish(
          name,
          events.map(({ detail }) => detail),
        );
      }
    },
  };
};
