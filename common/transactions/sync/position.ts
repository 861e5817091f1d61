/** A place in a base: the part, and how many of its rows were read. */
export type BasePlace = { readonly part: number; readonly rows: number };

/** How far a reader is with one account. */
export type Position =
  /** Has every entry up to this sequence. */
  | { readonly at: number }
  /** Reads the rows as of a sealed sequence, from which it goes on with entries. */
  | { readonly base: number; readonly place: BasePlace }
  /** Gives back the rows that it had at a sequence, in the order of their ids. */
  | { readonly leaving: number; readonly behind: string }
  /** Gives back the rows of a base that it had read up to `had`. */
  | { readonly leavingBase: number; readonly had: BasePlace; readonly place: BasePlace };

/** How far a reader is: by the numbers that accounts have in the owner's list. */
export type WalkPosition = {
  readonly accounts: ReadonlyMap<number, Position>;
  /** When the walk began that this is in the middle of, Unix milliseconds; absent at its end. */
  readonly begunAt?: number;
  readonly sealedAt: number;
};

const VERSION = 1;

class Bytes {
  readonly #bytes: number[] = [];
  /** In groups of seven bits, the lowest first. */
  number(value: number): this {
    let left = value;
    while (left >= 0x80) {
      this.#bytes.push((left % 0x80) | 0x80);
      left = Math.floor(left / 0x80);
    }
    this.#bytes.push(left);
    return this;
  }
  text(text: string): this {
    const bytes = Buffer.from(text);
    this.number(bytes.length);
    this.#bytes.push(...bytes);
    return this;
  }
  place({ part, rows }: BasePlace): this {
    return this.number(part).number(rows);
  }
  end(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }
  text(): string {
    const length = this.number();
    this.#at += length;
    return Buffer.from(this.#bytes.subarray(this.#at - length, this.#at)).toString();
  }
  place(): BasePlace {
    return { part: this.number(), rows: this.number() };
  }
}

/** Two bytes for an account that hardly changed, five for one with 100 million changes: 1,000 of them fit a cursor. */
export const positionToBytes = ({ accounts, begunAt, sealedAt }: WalkPosition): Uint8Array => {
  const bytes = new Bytes()
    .number(VERSION)
    .number(sealedAt)
    .number(begunAt ?? 0);
  let before = 0;
  for (const [number, position] of [...accounts].sort(([one], [other]) => one - other)) {
    const step = (number - before) * 4;
    before = number;
    if ("at" in position) bytes.number(step).number(position.at);
    else if ("base" in position)
      bytes
        .number(step + 1)
        .number(position.base)
        .place(position.place);
    else if ("leaving" in position)
      bytes
        .number(step + 2)
        .number(position.leaving)
        .text(position.behind);
    else {
      bytes
        .number(step + 3)
        .number(position.leavingBase)
        .place(position.had)
        .place(position.place);
    }
  }
  return bytes.end();
};

const readPosition = (reader: Reader, kind: number): Position => {
  const sequence = reader.number();
  if (kind === 0) return { at: sequence };
  if (kind === 1) return { base: sequence, place: reader.place() };
  if (kind === 2) return { leaving: sequence, behind: reader.text() };
  return { leavingBase: sequence, had: reader.place(), place: reader.place() };
};

/** Undefined for what an earlier or later release wrote in another form. */
export const positionFromBytes = (bytes: Uint8Array): WalkPosition | undefined => {
  const reader = new Reader(bytes);
  if (reader.number() !== VERSION) return undefined;
  const sealedAt = reader.number();
  const begunAt = reader.number();
  const accounts = new Map<number, Position>();
  let number = 0;
  while (!reader.isAtEnd) {
    const head = reader.number();
    number += Math.floor(head / 4);
    accounts.set(number, readPosition(reader, head % 4));
  }
  return { accounts, sealedAt, ...(begunAt === 0 ? {} : { begunAt }) };
};
