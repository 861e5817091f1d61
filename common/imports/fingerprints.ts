import { hash } from "node:crypto";

/** Slots at the beginning; a power of two. */
const SLOTS_FIRST = 1 << 12;

/** Beyond so full a table its probes get long. */
const FULL = 0.7;

/** Numbers of 32 bits in a slot: two of the key, two of what is known of it. */
const WORDS = 4;

/** Bytes of a part of the table in the bucket. */
const PART_BYTES = 32 * 1_048_576;

/** 64 bits of SHA-256, as two numbers: chance alone confuses two of 10 million with a probability of 1 in 370,000. */
const fingerprint = (text: string): [high: number, low: number] => {
  const bytes = hash("sha256", text, "buffer");
  // A slot is free while its first word is 0.
  return [bytes.readUInt32LE(0) || 1, bytes.readUInt32LE(4)];
};

/**
 * What is known of the identities of a file so far: of a given one the content of its last line, of another how many
 * rows have it. A table of fingerprints, which is handed on from slice to slice: 10 million rows take 268 MB.
 */
export class Fingerprints {
  #words = new Uint32Array(SLOTS_FIRST * WORDS);
  #used = 0;

  get size(): number {
    return this.#used;
  }

  /** Counts a row of this identity: how many there were before it. */
  ordinalOf(key: string): number {
    const slot = this.#slotOf(key);
    const before = this.#words[slot + 2] ?? 0;
    this.#words[slot + 2] = before + 1;
    return before;
  }

  /** Notes a line of a given identity: whether the one before it has the same content; undefined for the first. */
  repeatOf(key: string, content: string): { same: boolean } | undefined {
    const used = this.#used;
    const slot = this.#slotOf(key);
    const [high, low] = fingerprint(content);
    const repeat =
      this.#used > used
        ? undefined
        : { same: this.#words[slot + 2] === high && this.#words[slot + 3] === low };
    this.#words[slot + 2] = high;
    this.#words[slot + 3] = low;
    return repeat;
  }

  /** The used slots, in parts. */
  *parts(): Generator<Uint8Array> {
    let part = new Uint32Array(PART_BYTES / 4);
    let length = 0;
    for (let slot = 0; slot < this.#words.length; slot += WORDS) {
      if (this.#words[slot] === 0) continue;
      part.set(this.#words.subarray(slot, slot + WORDS), length);
      length += WORDS;
      if (length < part.length) continue;
      yield new Uint8Array(part.buffer);
      part = new Uint32Array(PART_BYTES / 4);
      length = 0;
    }
    if (length > 0) yield new Uint8Array(part.buffer, 0, length * 4);
  }

  /** Takes a part in that an earlier slice gave. */
  add(bytes: Uint8Array): void {
    const words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    for (let at = 0; at < words.length; at += WORDS) {
      const slot = this.#find(words[at] ?? 0, words[at + 1] ?? 0);
      this.#words.set(words.subarray(at, at + WORDS), slot);
    }
  }

  #slotOf(key: string): number {
    const [high, low] = fingerprint(key);
    return this.#find(high, low);
  }

  /** The slot of a key, which is made if there is none. */
  #find(high: number, low: number): number {
    if ((this.#used + 1) * WORDS > this.#words.length * FULL) this.#grow();
    const slot = this.#probe(high, low);
    if (this.#words[slot] === 0) {
      this.#words[slot] = high;
      this.#words[slot + 1] = low;
      this.#used += 1;
    }
    return slot;
  }

  #probe(high: number, low: number): number {
    const mask = this.#words.length / WORDS - 1;
    let place = low & mask;
    for (;;) {
      const slot = place * WORDS;
      const found = this.#words[slot];
      if (found === 0 || (found === high && this.#words[slot + 1] === low)) return slot;
      place = (place + 1) & mask;
    }
  }

  #grow(): void {
    const old = this.#words;
    this.#words = new Uint32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += WORDS) {
      const high = old[slot] ?? 0;
      if (high === 0) continue;
      this.#words.set(old.subarray(slot, slot + WORDS), this.#probe(high, old[slot + 1] ?? 0));
    }
  }
}
