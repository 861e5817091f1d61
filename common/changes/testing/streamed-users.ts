import { NEW_USER, type UserState } from "../plan/user-state.ts";
import type { UserRow } from "../stream/stream-user.ts";

/** The row of a user whose real entries are streamed up to a counter. */
export const aUserRow = (key: string, counter: number, more: Partial<UserState> = {}): UserRow => ({
  key,
  sequencer: "0001",
  revision: 1,
  streamedAt: "2026-01-31T12:00:00.000Z",
  state: {
    ...NEW_USER,
    applied: "v1",
    file: "v1",
    exists: true,
    counter,
    streamed: counter,
    lanes: { real: { counter, place: 1 }, test: { counter: 0, place: 0 } },
    ...more,
  },
});
