import { publishEvents } from "#common/bus/publish.ts";
import type { LedgerDeps } from "./ledger.ts";

/** Puts the ends of imports on the bus. */
export const publishImports =
  (bus: string): LedgerDeps["publish"] =>
  (name, detail) =>
    publishEvents(bus, { service: "imports", name }, [detail]);
