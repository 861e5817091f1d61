import type { Lane } from "../file/user-file.ts";

export type ReplayState = "running" | "succeeded" | "failed" | "cancelled";

/** What a replay is to read: one user's file, or all of the organization's. */
export type ReplayRequest = {
  userId?: string;
  /** Inclusive. */
  fromWriteCounter?: number;
  lane?: Lane;
  ratePerSecond: number;
  /** The `detail-type` of its envelopes. */
  as: "persistence" | "persistence_replay";
};

export type Replay = {
  id: string;
  organizationId: string;
  state: ReplayState;
  request: ReplayRequest;
  /** Null until they are counted. */
  users: number | null;
  usersDone: number;
  events: number;
  /** The last key that is done. */
  after: string;
  /** Until when (Unix milliseconds) no other invocation may work on it. */
  heldUntil: number;
  createdAt: string;
  version: number;
};

/** What stands on the queue `changes-replays`. */
export type ReplayMessage = { organizationId: string; id: string };

export const RATE_DEFAULT = 50;
