/** How one environment variable is read: what it means, or a sentence's end that says what it must be. */
export type Setting<Value> = (text: string | undefined) => { value: Value } | { fault: string };

/** Any text but the empty one. */
export const text = (): Setting<string> => (text) =>
  text === undefined || text === "" ? { fault: "is missing" } : { value: text };

/** Text that may be absent; a setting that a deployment leaves open comes as the empty text. */
export const optionalText = (): Setting<string | undefined> => (text) => ({
  value: text === "" ? undefined : text,
});

/** Texts between commas; none when it is absent. */
export const list = (): Setting<readonly string[]> => (text) => ({
  value: (text ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== ""),
});

/** At least one text, between commas. */
export const someOf = (): Setting<readonly string[]> => (text) => {
  const read = list()(text);
  return "value" in read && read.value.length === 0 ? { fault: "is missing" } : read;
};

/** One of a few words; undefined when it is absent. */
export const optionalWord =
  <Word extends string>(...words: readonly Word[]): Setting<Word | undefined> =>
  (text) => {
    if (text === undefined || text === "") return { value: undefined };
    const value = words.find((word) => word === text);
    return value === undefined ? { fault: `must be ${words.join(" or ")}, got "${text}"` } : { value };
  };

/** Text that `accepts`; `wanted` completes "NAME must be …". */
export const textThat =
  (accepts: (text: string) => boolean, wanted: string): Setting<string> =>
  (given) => {
    const read = text()(given);
    return "value" in read && !accepts(read.value)
      ? { fault: `must be ${wanted}, got "${read.value}"` }
      : read;
  };

/** The same for text that may be absent. */
export const optionalTextThat =
  (accepts: (text: string) => boolean, wanted: string): Setting<string | undefined> =>
  (given) =>
    given === undefined || given === "" ? { value: undefined } : textThat(accepts, wanted)(given);

type Shape = Readonly<Record<string, Setting<unknown>>>;
type Config<S extends Shape> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer Value> ? Value : never;
};

/**
 * Reads a function's settings once, at its start. Everything that is missing or wrong is named in one
 * error, so that one deployment shows all of it.
 *
 *     const config = readConfig({ RECORDS_TABLE: text(), TOKEN_USE: optionalText() });
 */
export const readConfig = <S extends Shape>(
  shape: S,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config<S> => {
  const read = Object.entries(shape).map(([name, setting]) => ({ name, ...setting(environment[name]) }));
  const faults = read.flatMap((each) => ("fault" in each ? [`${each.name} ${each.fault}`] : []));
  if (faults.length > 0) throw new Error(`The environment is incomplete: ${faults.join("; ")}.`);
  return Object.fromEntries(
    read.flatMap((each) => ("value" in each ? [[each.name, each.value]] : [])),
  ) as Config<S>;
};
