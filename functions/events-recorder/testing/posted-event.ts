import type { PostedEvent } from "../body/posted-event.ts";

export const NOW = "2025-01-31T12:00:00.000Z";
export const POSTING = { organizationId: "demo", nowMs: Date.parse(NOW) };

export const anEvent = (more: Partial<PostedEvent> = {}): PostedEvent => ({
  customerId: "c1",
  type: "account_opened",
  description: "Savings account opened",
  ...more,
});
