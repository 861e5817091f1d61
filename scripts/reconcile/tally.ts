/** `<sender>.<n>`, and `<sender>.<n>.<part>` for a message that was split: what senders number themselves. */
const NUMBERED =
  /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([1-9]\d{0,14})(?:\.\d+)?$/;

/** Numbers of one sender that are missing between its first and its last: both ends inclusive. */
export type Gap = { sender: string; from: number; to: number };

export type Tally = {
  /** Lines in the lake, and messages: a line that came again is a double. */
  lines: number;
  ids: number;
  doubles: number;
  gaps: Gap[];
  /** Of those that were sent, the ids that are not in the lake. */
  missing: string[];
};

const gapsOf = (sender: string, numbers: readonly number[]): Gap[] => {
  const sorted = [...new Set(numbers)].sort((one, other) => one - other);
  return sorted.flatMap((number, at) => {
    const before = sorted[at - 1];
    return before === undefined || before + 1 === number
      ? []
      : [{ sender, from: before + 1, to: number - 1 }];
  });
};

/** Counts ids as they are read, each with the lines that hold it. */
export const makeTally = (sent: Iterable<string> = []) => {
  const missing = new Set(sent);
  const senders = new Map<string, number[]>();
  let [lines, ids] = [0, 0];
  return {
    add: (id: string, copies: number): void => {
      lines += copies;
      ids += 1;
      missing.delete(id);
      const [, sender, number] = NUMBERED.exec(id) ?? [];
      if (sender === undefined) return;
      const numbers = senders.get(sender) ?? [];
      numbers.push(Number(number));
      senders.set(sender, numbers);
    },
    end: (): Tally => ({
      lines,
      ids,
      doubles: lines - ids,
      gaps: [...senders].flatMap(([sender, numbers]) => gapsOf(sender, numbers)),
      missing: [...missing],
    }),
  };
};
