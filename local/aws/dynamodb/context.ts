import type { Call } from "../port/service.ts";
import type { Store } from "./dynalite.ts";
import type { Engine } from "./writes.ts";

/** What every action of DynamoDB works with. */
export type DynamoDbContext = {
  engine: Engine;
  /** The store whose reads come in chunks and whose table descriptions come from memory. */
  reading: Store;
  /** The store that deletes by range. */
  administering: Store;
  now: () => number;
  /** Throws AccessDenied unless the caller may do this to the table, or to one of its indexes. */
  authorize(call: Call, action: string, table: string, index?: string): void;
};
