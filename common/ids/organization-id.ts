const ORGANIZATION_ID = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether it can name an organization: it goes into keys, host names and usage plans as it is. */
export const isOrganizationId = (value: unknown): value is string =>
  typeof value === "string" && ORGANIZATION_ID.test(value);
