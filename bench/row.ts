/** One line of the table: a figure of ours against a peer's, both measured in turn in one run. */
export type Row = {
  what: string;
  against: string;
  /** Medians, in `unit`. */
  ours: number;
  theirs: number;
  unit: string;
  /** What is compared with the goal; usually ours / theirs, or theirs / ours where more is better. */
  ratio: number;
  /** `≤ 0.40`, `≥ 10`, or `–` for a figure without a goal. */
  goal: string;
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

/** Whether the ratio meets the goal; undefined where there is none. */
export const isMet = ({ ratio, goal }: Pick<Row, "ratio" | "goal">): boolean | undefined => {
  const parsed = /^([≤≥]) ([0-9.,]+)/.exec(goal);
  if (!parsed) return undefined;
  const limit = Number(parsed[2]?.replaceAll(",", ""));
  return parsed[1] === "≤" ? ratio <= limit : ratio >= limit;
};

const figure = (value: number): string =>
  Number.isNaN(value)
    ? "–"
    : value >= 1000
      ? Math.round(value).toLocaleString("en-US")
      : value.toPrecision(3);

export const table = (rows: readonly Row[]): string => {
  const head = ["what", "against", "ours", "theirs", "unit", "ratio", "goal", "met"];
  const lines = rows.map((row) => {
    const met = isMet(row);
    return [
      row.what,
      row.against,
      figure(row.ours),
      figure(row.theirs),
      row.unit,
      figure(row.ratio),
      row.goal,
      met === undefined ? "–" : met ? "yes" : "NO",
    ];
  });
  const widths = head.map((name, column) =>
    Math.max(...[head, ...lines].map((line) => (line[column] ?? name).length)),
  );
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};
