import { createHash, randomBytes } from "node:crypto";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SEQUENCE_LENGTH = 9;
const BODY_LENGTH = 26;

const lettersOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => LETTERS[byte % LETTERS.length]).join("");

const checkOf = (body: string): string =>
  lettersOf(createHash("sha256").update(body).digest().subarray(0, 6));

/** 32 letters that hold the version's place in time and a check, by which a made-up id is recognized. */
export const newVersionId = (sequence: number): string => {
  const place = sequence.toString(36).padStart(SEQUENCE_LENGTH, "0");
  const body = place + lettersOf(randomBytes(BODY_LENGTH - SEQUENCE_LENGTH));
  return body + checkOf(body);
};

/** The place in time of an id that was given here, though its version may be gone; undefined for any other text. */
export const sequenceIn = (id: string): number | undefined => {
  const body = id.slice(0, BODY_LENGTH);
  if (id.length !== BODY_LENGTH + 6 || id.slice(BODY_LENGTH) !== checkOf(body)) return undefined;
  const sequence = Number.parseInt(body.slice(0, SEQUENCE_LENGTH), 36);
  return Number.isNaN(sequence) ? undefined : sequence;
};
