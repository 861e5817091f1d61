import { optional, optionalText, type Setting, text, textThat } from "#common/config/config.ts";
import { isOrganizationId } from "#common/ids/organization-id.ts";

/** Below it not even a claim would fit, above it PutEvents takes nothing. */
const BYTES_MIN = 2_000;
const BYTES_MAX = 990_000;

const isEntryBytes = (value: string): boolean =>
  /^\d+$/.test(value) && Number(value) >= BYTES_MIN && Number(value) <= BYTES_MAX;

/** What every function reads that announces changes on the bus. */
export const CHANGES_SETTINGS = {
  CHANGES_TABLE: text(),
  CHANGES_BUCKET: text(),
  BUS_NAME: text(),
  BUSINESS_EVENT_SINK: optionalText(),
  BUSINESS_EVENT_SOURCE: textThat(
    (source) => source.startsWith("co.cogo."),
    "a text that begins with co.cogo.",
  ),
  BUS_ENTRY_BYTES: textThat(isEntryBytes, `an integer from ${BYTES_MIN} to ${BYTES_MAX}`),
  CHANGES_ORGANIZATION: optional(textThat(isOrganizationId, "an organization's id")),
} satisfies Record<string, Setting<unknown>>;
