/** A line of the 5th of May 2026, as JSON has it. */
export const aLateLine = (more: Record<string, unknown> = {}) => ({
  schema: 1,
  environment: "local",
  organizationID: "demo",
  logType: "web",
  id: "m-1",
  time: "2026-05-05T10:30:00.000Z",
  receivedAt: "2026-06-05T10:30:00.000Z",
  year: 2026,
  month: 5,
  day: 5,
  hour: 10,
  success: true,
  events: [{ action: "a", description: "b", success: true }],
  ...more,
});

/** A message as it is published. */
export const aLogMessage = (more: Record<string, unknown> = {}) => ({
  organizationID: "demo",
  logType: "web",
  server: "dspweb",
  events: [{ action: "received request", description: "on web" }],
  ...more,
});
