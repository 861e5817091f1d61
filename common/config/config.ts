/** One environment variable: how its text becomes a value, or what is wrong with it. */
export type Setting<T> = (
  value: string | undefined,
) => { ok: true; value: T } | { ok: false; reason: string };

export const text = (): Setting<string> => (value) =>
  value === undefined || value === "" ? { ok: false, reason: "is missing" } : { ok: true, value };

/** Absent and empty are the same: Terraform cannot leave a variable out for one environment. */
export const optionalText = (): Setting<string | undefined> => (value) => ({
  ok: true,
  value: value === "" ? undefined : value,
});

/** Text that `accepts`; `wanted` completes "NAME must be …". */
export const textThat =
  (accepts: (text: string) => boolean, wanted: string): Setting<string> =>
  (value) => {
    const read = text()(value);
    return read.ok && !accepts(read.value)
      ? { ok: false, reason: `must be ${wanted}, got "${read.value}"` }
      : read;
  };

/** Reads an empty or absent text as undefined, and any other with `setting`. */
export const optional =
  <T>(setting: Setting<T>): Setting<T | undefined> =>
  (value) =>
    value === undefined || value === "" ? { ok: true, value: undefined } : setting(value);

/** Texts between commas; none when it is absent. */
export const list = (): Setting<readonly string[]> => (value) => ({
  ok: true,
  value: (value ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== ""),
});

/** At least one text, between commas. */
export const someOf = (): Setting<readonly string[]> => (value) => {
  const read = list()(value);
  return read.ok && read.value.length === 0 ? { ok: false, reason: "is missing" } : read;
};

type Values<S> = { [N in keyof S]: S[N] extends Setting<infer T> ? T : never };

/** Reads the environment once, at start; one error names everything that is missing or wrong. */
export const readConfig = <S extends Record<string, Setting<unknown>>>(
  settings: S,
  environment: Record<string, string | undefined> = process.env,
): Values<S> => {
  const faults: string[] = [];
  const values = Object.entries(settings).map(([name, setting]) => {
    const read = setting(environment[name]);
    if (!read.ok) faults.push(`${name} ${read.reason}`);
    return [name, read.ok ? read.value : undefined];
  });
  if (faults.length > 0) throw new Error(`The function's environment is wrong: ${faults.join("; ")}.`);
  return Object.fromEntries(values);
};
