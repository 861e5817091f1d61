import type { AccountEvent } from "./outbox.ts";

/** Puts events on the bus by their names, in their order; throws unless the bus has all of them. */
export const publishAccountEvents =
  (publish: (name: AccountEvent["name"], details: AccountEvent["detail"][]) => Promise<void>) =>
  async (events: readonly AccountEvent[]): Promise<void> => {
    for (const [name, ofName] of Map.groupBy(events, (event) => event.name)) {
      await publish(
        name,
        ofName.map(({ detail }) => detail),
      );
    }
  };
