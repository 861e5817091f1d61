const MAGIC = 0xfd2fb528;
/** The last hexadecimal digit of the magic number of a skippable frame is free. */
const SKIPPABLE = 0x184d2a50;

const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

/** Bytes of the frame's header behind its descriptor (RFC 8878, 3.1.1.1). */
const headerBytes = (descriptor: number): number => {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSize = CONTENT_SIZE_BYTES[descriptor >> 6] ?? 0;
  return (
    (isSingleSegment ? 0 : 1) +
    (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) +
    (contentSize === 0 && isSingleSegment ? 1 : contentSize)
  );
};

/**
 * Cuts a Zstandard file where its frames end. Node's decompressor takes what stands behind the end of a frame in the
 * same write for the end of the file, and drops it; `zstd`, `pzstd` and `cat` make files of several frames.
 */
export class ZstdFrames {
  /** The part that comes next, how many of its bytes, and what was seen of them (little-endian). */
  #part: "magic" | "descriptor" | "block" | "skippable" | "content" | "garbage" = "magic";
  #left = 4;
  #value = 0;
  #seen = 0;
  #hasChecksum = false;
  #isLastBlock = false;

  /** The piece, cut behind each byte that ends a frame. */
  cut(piece: Uint8Array): Uint8Array[] {
    const cuts: Uint8Array[] = [];
    let start = 0;
    for (let at = 0; at < piece.length; ) {
      if (this.#part === "garbage") break;
      if (this.#part === "content") {
        const skipped = Math.min(this.#left, piece.length - at);
        at += skipped;
        this.#left -= skipped;
      } else {
        this.#value += (piece[at] ?? 0) * 2 ** (8 * this.#seen);
        this.#seen += 1;
        this.#left -= 1;
        at += 1;
      }
      if (this.#left === 0 && this.#next()) {
        cuts.push(piece.subarray(start, at));
        start = at;
      }
    }
    if (start < piece.length) cuts.push(piece.subarray(start));
    return cuts;
  }

  /** Goes on behind a whole part; true if a frame ends there. */
  #next(): boolean {
    const value = this.#value;
    this.#value = 0;
    this.#seen = 0;
    switch (this.#part) {
      case "magic":
        if (value === MAGIC) this.#expect("descriptor", 1);
        else if (value >>> 4 === SKIPPABLE >>> 4) this.#expect("skippable", 4);
        // The decompressor reports it.
        else this.#part = "garbage";
        return false;
      case "descriptor":
        this.#hasChecksum = (value & 4) !== 0;
        this.#isLastBlock = false;
        return this.#content(headerBytes(value));
      case "block": {
        this.#isLastBlock = (value & 1) !== 0;
        // A block of one repeated byte has the number of repetitions for its size.
        const bytes = ((value >> 1) & 3) === 1 ? 1 : value >> 3;
        return this.#content(bytes + (this.#isLastBlock && this.#hasChecksum ? 4 : 0));
      }
      case "skippable":
        this.#isLastBlock = true;
        return this.#content(value);
      default:
        return this.#content(0);
    }
  }

  #expect(part: "descriptor" | "block" | "skippable" | "magic", bytes: number): void {
    this.#part = part;
    this.#left = bytes;
  }

  /** Passes over bytes; without any, goes on behind them. */
  #content(bytes: number): boolean {
    this.#part = "content";
    this.#left = bytes;
    if (bytes > 0) return false;
    if (!this.#isLastBlock) {
      this.#expect("block", 3);
      return false;
    }
    this.#expect("magic", 4);
    return true;
  }
}
