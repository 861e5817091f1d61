/** Far from the 100 levels that the platform takes for a whole message. */
const DEPTH_MAX = 90;

const pick = ({ name, message, stack, cause }: Error) => ({ name, message, stack, cause });

/**
 * JSON text of any value, as the platform takes it: errors with name and message, big integers as text, and
 * words in the place of circles and of what is nested too deep. Throws when a getter does.
 */
export const safeJson = (root: unknown): string => {
  const above: unknown[] = [];
  // A function, because `this` is the object that holds the value.
  const replace = function (this: unknown, _: string, value: unknown): unknown {
    while (above.length > 0 && above.at(-1) !== this) above.pop();
    if (typeof value === "bigint") return `${value}`;
    if (typeof value !== "object" || value === null) return value;
    if (above.includes(value)) return "[circle]";
    if (above.length > DEPTH_MAX) return "[deep]";
    // The members of an error are hidden from JSON.
    const open = value instanceof Error ? { ...value, ...pick(value) } : value;
    above.push(open);
    return open;
  };
  return (
    JSON.stringify(root, replace)
      // A string holds no such quote: it would be escaped.
      .replaceAll('"__proto__":', '"proto":')
      // What JSON escapes of these are lone surrogates.
      .replace(/(?<!\\)\\ud[89a-f]\w\w/g, "\\ufffd")
  );
};
