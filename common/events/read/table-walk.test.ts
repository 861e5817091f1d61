import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dynamodbTable } from "#common/table/dynamodb-table.ts";
import { startFunction } from "#local/testing/start-function.ts";
import type { EventMessage } from "../event.ts";
import { histories, idsOf, plainAnswer, queries, storeEvents } from "../testing/histories.ts";
import type { EventQuery, Position } from "./event-query.ts";
import { findPage } from "./find-page.ts";
import { matches } from "./matches.ts";

const reader = await startFunction("events-reader");

const walk = async (query: EventQuery, limit: number): Promise<string[][]> => {
  const store = dynamodbTable("millrace-local-events");
  const pages: string[][] = [];
  let after: Position | undefined;
  do {
    const found = await findPage({ store, now: () => 0 }, query, { limit, after });
    pages.push(idsOf(found.matches));
    after = found.next;
  } while (after);
  return pages;
};

describe("walking a list in DynamoDB", () => {
  it("gives exactly what a plain filter and sort gives, in full pages", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        histories("old"),
        fc.array(queries, { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 3, max: 20 }),
        async (messages, asked, limit) => {
          run += 1;
          const organizationId = `walk-${run}`;
          const history: EventMessage[] = messages.map((event) => ({ ...event, organizationId }));
          await storeEvents({ putAll: (items) => reader.put("events", items) }, history);

          for (const one of asked) {
            const query = { ...one, organizationId };
            const pages = await walk(query, limit);
            const streamed = await Array.fromAsync(matches(dynamodbTable("millrace-local-events"), query));

            expect(pages.flat()).toEqual(plainAnswer(history, query));
            expect(idsOf(streamed)).toEqual(pages.flat());
            for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
          }
        },
      ),
      { numRuns: 8 },
    );
  });
});
