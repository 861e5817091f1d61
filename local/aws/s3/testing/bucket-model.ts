// A bucket as its documentation describes it, in memory and without any of S3's code.

type Versioning = "" | "Enabled" | "Suspended";
export type ModelVersion = { key: string; id: string; marker: boolean; body: string };

/** S3 orders keys by their bytes. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What S3 says of a key that it does not take. */
export const keyFault = (key: string): string | undefined => {
  if (Buffer.byteLength(key) > 1024) return "KeyTooLongError";
  let depth = 0;
  for (const segment of key.split("/")) {
    if (segment === "..") depth -= 1;
    else if (segment !== "." && segment !== "") depth += 1;
    if (depth < 0) return "InvalidURI";
  }
  return undefined;
};

export type Listing = { entries: string[]; prefixes: string[] };

export class BucketModel {
  versioning: Versioning = "";
  /** Newest first. */
  readonly #versions = new Map<string, ModelVersion[]>();

  #of(key: string): ModelVersion[] {
    return this.#versions.get(key) ?? [];
  }

  current(key: string): ModelVersion | undefined {
    const [latest] = this.#of(key);
    return latest?.marker ? undefined : latest;
  }

  version(key: string, id: string): ModelVersion | undefined {
    return this.#of(key).find((one) => one.id === id);
  }

  /** Ids of a key, newest first. */
  ids(key: string): string[] {
    return this.#of(key).map(({ id }) => id);
  }

  /** `id`: as the port named it; without versioning there is only the null version. */
  #push(version: ModelVersion): void {
    const kept = this.#of(version.key).filter(({ id }) => id !== version.id);
    this.#versions.set(version.key, [version, ...kept]);
  }

  put(key: string, body: string, id: string | undefined): void {
    this.#push({ key, id: this.versioning === "Enabled" ? (id ?? "?") : "null", marker: false, body });
  }

  removeCurrent(key: string, id: string | undefined): void {
    if (this.versioning === "") this.removeVersion(key, "null");
    else
      this.#push({ key, id: this.versioning === "Enabled" ? (id ?? "?") : "null", marker: true, body: "" });
  }

  removeVersion(key: string, id: string): void {
    const kept = this.#of(key).filter((one) => one.id !== id);
    if (kept.length === 0) this.#versions.delete(key);
    else this.#versions.set(key, kept);
  }

  #listing(lines: { key: string; text: string }[], prefix: string, delimiter: string): Listing {
    const entries: string[] = [];
    const prefixes = new Set<string>();
    for (const { key, text } of lines.filter((line) => line.key.startsWith(prefix))) {
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      if (at < 0) entries.push(text);
      else prefixes.add(key.slice(0, at + delimiter.length));
    }
    return { entries, prefixes: [...prefixes] };
  }

  keys(): string[] {
    return [...this.#versions.keys()].sort(byBytes);
  }

  list(prefix: string, delimiter: string): Listing {
    const lines = this.keys().flatMap((key) => (this.current(key) ? [{ key, text: key }] : []));
    return this.#listing(lines, prefix, delimiter);
  }

  listVersions(prefix: string, delimiter: string): Listing {
    const lines = this.keys().flatMap((key) =>
      this.#of(key).map(({ id, marker }, index) => ({
        key,
        text: JSON.stringify([key, id, marker, index === 0]),
      })),
    );
    return this.#listing(lines, prefix, delimiter);
  }
}
