import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { AppError } from "#common/errors/app-error.ts";

/** What a cursor is bound to: sealed for one route, caller and set of filters, it opens for no other. */
export type CursorScope = {
  route: string;
  organizationId: string;
  userId: string;
  /** The query without `cursor` and `limit`. */
  filters: Record<string, unknown>;
};

/** Derives the 32-byte key of a day (days since 1970 in UTC). */
export type DayKeys = (day: number) => Promise<Uint8Array>;

const DAY_MS = 24 * 60 * 60 * 1000;
/** The first byte says what the position is: JSON, or bytes of the caller's own. */
const JSON_VERSION = 1;
const BYTES_VERSION = 2;
const TIME_BYTES = 8;
const HEADER_BYTES = 3;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const canonical = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, inner]) => [name, canonical(inner)]),
      )
    : value;

const associatedData = (header: Buffer, { route, organizationId, userId, filters }: CursorScope): Buffer => {
  const hash = createHash("sha256")
    .update(JSON.stringify(canonical(filters)))
    .digest("base64url");
  return Buffer.concat([header, Buffer.from(JSON.stringify([route, organizationId, userId, hash]))]);
};

export type Cursors = {
  /**
   * Base64url text; AES-256-GCM with a random nonce under today's key. A position is any JSON value or, where
   * every byte counts, bytes.
   */
  seal(position: unknown, scope: CursorScope): Promise<string>;
  /** The position, as it was sealed; throws `CURSOR_INVALID` for any other scope or an altered text, `CURSOR_EXPIRED` after its time. */
  open(cursor: string, scope: CursorScope): Promise<unknown>;
};

const plainOf = (position: unknown, sealedAt: number): Uint8Array => {
  if (!(position instanceof Uint8Array)) return Buffer.from(JSON.stringify([sealedAt, position]));
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(sealedAt));
  return Buffer.concat([time, position]);
};

const positionOf = (version: number, plain: Buffer): [sealedAt: number, position: unknown] =>
  version === JSON_VERSION
    ? JSON.parse(plain.toString("utf8"))
    : [Number(plain.readBigUInt64BE()), plain.subarray(TIME_BYTES)];

/**
 * Sealed page cursors. The layout is version (1 byte), day (2 bytes), nonce, ciphertext, tag; the day
 * says which key opens it, and is refused before any key is asked for when it is out of range.
 */
export const makeCursors = ({
  keys,
  now = Date.now,
  validMs = DAY_MS,
}: {
  keys: DayKeys;
  now?: () => number;
  validMs?: number;
}): Cursors => ({
  seal: async (position, scope) => {
    const sealedAt = now();
    const day = Math.floor(sealedAt / DAY_MS);
    const version = position instanceof Uint8Array ? BYTES_VERSION : JSON_VERSION;
    const header = Buffer.from([version, day >> 8, day & 0xff]);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", await keys(day), nonce);
    cipher.setAAD(associatedData(header, scope));
    const sealed = cipher.update(plainOf(position, sealedAt));
    return Buffer.concat([header, nonce, sealed, cipher.final(), cipher.getAuthTag()]).toString("base64url");
  },

  open: async (cursor, scope) => {
    const bytes = Buffer.from(cursor, "base64url");
    const header = bytes.subarray(0, HEADER_BYTES);
    if (
      bytes.length <= HEADER_BYTES + NONCE_BYTES + TAG_BYTES ||
      // Base64url has several spellings of some bytes; one that was not made here was altered.
      bytes.toString("base64url") !== cursor ||
      ![JSON_VERSION, BYTES_VERSION].includes(header.readUInt8(0))
    ) {
      throw new AppError("CURSOR_INVALID");
    }
    const day = header.readUInt16BE(1);
    const today = Math.floor(now() / DAY_MS);
    if (day > today) throw new AppError("CURSOR_INVALID");
    if ((day + 1) * DAY_MS + validMs <= now()) throw new AppError("CURSOR_EXPIRED");
    const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", await keys(day), nonce);
    decipher.setAAD(associatedData(header, scope));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    let sealed: [number, unknown];
    try {
      const text = decipher.update(bytes.subarray(HEADER_BYTES + NONCE_BYTES, -TAG_BYTES));
      sealed = positionOf(header.readUInt8(0), Buffer.concat([text, decipher.final()]));
    } catch {
      throw new AppError("CURSOR_INVALID");
    }
    if (sealed[0] + validMs <= now()) throw new AppError("CURSOR_EXPIRED");
    return sealed[1];
  },
});

/** Day keys held in memory, the latest few; made by `derive` (a KMS HMAC over the day). */
export const rememberedDayKeys = (derive: (message: string) => Promise<Uint8Array>, daysMax = 8): DayKeys => {
  const held = new Map<number, Promise<Uint8Array>>();
  return (day) => {
    const known = held.get(day);
    if (known) return known;
    const key = derive(`cursor ${day}`);
    held.set(day, key);
    if (held.size > daysMax) held.delete(held.keys().next().value ?? day);
    // A failed derivation must not be remembered as the day's key.
    key.catch(() => held.delete(day));
    return key;
  };
};
