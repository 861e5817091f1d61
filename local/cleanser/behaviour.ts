/** Ways in which the example vendor can behave, with what each does. */
export const BEHAVIOURS = {
  well: "answers as it should",
  slow: "answers after `delay` milliseconds",
  hang: "takes requests and never answers",
  down: "answers 503",
  gone: "closes the connection without an answer",
  busy: "answers 429 with `Retry-After: <retryAfter>`",
  refuse: "answers 400 to every request with a description that holds `word`",
  locked: "answers 401, as to a wrong secret",
  wrong: "answers a text that is no JSON",
  mixed: "answers ids that it was not asked for",
  changed: "answers in another shape than before",
  huge: "answers 2 MB",
  redirect: "answers 307 to another address",
} as const;

export type BehaviourName = keyof typeof BEHAVIOURS;

export type Behaviour = {
  mode: BehaviourName;
  /** The share of requests that meet it; the others are answered well. */
  share: number;
  delay: number;
  retryAfter: number;
  word: string;
};

export const WELL: Behaviour = { mode: "well", share: 1, delay: 15_000, retryAfter: 5, word: "refuse" };

export const isBehaviour = (text: string): text is BehaviourName => Object.hasOwn(BEHAVIOURS, text);

const isNumber = (value: unknown, max: number): boolean =>
  typeof value === "number" && value >= 0 && value <= max;

const FIELDS: Readonly<Record<keyof Behaviour, { wanted: string; fits: (value: unknown) => boolean }>> = {
  mode: {
    wanted: `one of ${Object.keys(BEHAVIOURS).join(", ")}`,
    fits: (value) => typeof value === "string" && isBehaviour(value),
  },
  share: { wanted: "a number from 0 to 1", fits: (value) => isNumber(value, 1) },
  delay: { wanted: "milliseconds from 0 to 600000", fits: (value) => isNumber(value, 600_000) },
  retryAfter: { wanted: "seconds from 0 to 3600", fits: (value) => isNumber(value, 3_600) },
  word: { wanted: "a text", fits: (value) => typeof value === "string" && value !== "" },
};

/** A behaviour from JSON, with what it leaves out as by default; or a sentence for each thing that is wrong. */
export const readBehaviour = (value: unknown): Behaviour | string[] => {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return ["The body must be an object."];
  const faults = Object.entries(value).flatMap(([name, field]) => {
    const known = FIELDS[name as keyof Behaviour];
    if (!known) return [`${name} is not a known field.`];
    return known.fits(field) ? [] : [`${name} must be ${known.wanted}.`];
  });
  return faults.length > 0 ? faults : { ...WELL, ...value };
};
