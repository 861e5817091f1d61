export const JSON_TYPE = "application/json";

/** JSON values, one a line. */
export const ND_JSON_TYPE = "application/x-ndjson";

/** Media types of bodies that the gateway hands over as bytes (in base64), because they may be packed. */
export const BINARY_TYPES: readonly string[] = [ND_JSON_TYPE];

/** The media type that a `content-type` header names, without its parameters. */
export const mediaTypeOf = (contentType: string | undefined): string =>
  (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
