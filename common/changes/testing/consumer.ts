import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What consumers read of an envelope's detail. */
export type Envelope = {
  events: { id: string; type: string; write_counter: number; data?: { number?: number } }[];
  test_events: boolean;
  organization_id: string;
  user_id: string;
  generation: number;
  number: string;
  previous: string;
  version: string;
  id: string;
};

export type Consumer = {
  receive(envelope: Envelope): void;
  lane(
    organizationId: string,
    userId: string,
    isTest: boolean,
  ): { deleted: boolean; entries: { data: unknown }[] } | undefined;
};

export type MakeConsumer = () => Consumer;

const PAGE = join(import.meta.dirname, "../../../docs/changes.md");

/** The example of a consumer in docs/changes.md, as it stands there. */
export const documentedConsumer = async (): Promise<{ makeConsumer: MakeConsumer; lines: number }> => {
  const [, text = ""] = /```js consumer\n([\s\S]*?)```/.exec(readFileSync(PAGE, "utf8")) ?? [];
  const module = await import(
    /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`
  );
  return { makeConsumer: module.makeConsumer, lines: text.trim().split("\n").length };
};
