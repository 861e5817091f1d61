/** One organization's messages of one type and one UTC day (`2026-03-01`). */
export type LogDay = { organizationId: string; logType: string; day: string };

/**
 * How a day's messages are read. Generations are numbered from 1; 0 is none.
 *
 * `generation`: the compacted one that counts. `drawn`: the last number given out. `writes`: late objects
 * so far. `erased`: erasures so far. `settled`: the raw objects hold nothing that the generation does not.
 * `moved`: since when (Unix milliseconds) the generation counts while a deletion is due, and the numbers
 * up to which it sweeps.
 */
export type DayState = {
  generation: number;
  drawn: number;
  writes: number;
  erased: number;
  settled: boolean;
  moved?: { at: number; upTo: number };
};

/** A change of a day's state, made on the state that stands; undefined if it must not be made. */
export type DayChange = (state: DayState) => DayState | undefined;

/** The days' states. Every read is consistent. */
export type DayStates = {
  /** A day without an item is at `untouched`. */
  read(day: LogDay): Promise<DayState>;
  /** The state as changed; undefined if the change must not be made. A call that throws may have been done. */
  change(day: LogDay, change: DayChange): Promise<DayState | undefined>;
  /** Days that are not settled, or whose sweep is due. */
  unfinished(organizationId: string, logType: string): Promise<LogDay[]>;
};

export const untouched: DayState = { generation: 0, drawn: 0, writes: 0, erased: 0, settled: false };

/**
 * What a query of the day must read, each id once: its generation (0: none), and the raw objects unless the
 * day is settled. The state is read anew for each query, and again when an object is gone.
 */
export const readingOf = ({ generation, settled }: DayState): { generation: number; raw: boolean } => ({
  generation,
  raw: !settled,
});

/**
 * Gives out the next number. Not while a deletion is due: its sweep ends at the numbers drawn before the
 * move, so a folder of a later number would stay.
 */
export const drawNumber: DayChange = (state) =>
  state.moved ? undefined : { ...state, drawn: state.drawn + 1 };

/** A day of which nothing raw is left, if nothing happened since its number was drawn. */
export const settle =
  (asDrawn: DayState): DayChange =>
  (state) =>
    state.generation === asDrawn.generation &&
    state.writes === asDrawn.writes &&
    state.erased === asDrawn.erased &&
    !state.moved
      ? { ...state, settled: true }
      : undefined;

/**
 * The drawn generation counts from now on. An erasure since then is not in it, and another move since then
 * made it superfluous; a late object since then is still raw, so that the day stays unsettled.
 */
export const moveToDrawn =
  (asDrawn: DayState, now: number): DayChange =>
  (state) =>
    state.generation === asDrawn.generation && state.erased === asDrawn.erased && !state.moved
      ? {
          ...state,
          generation: asDrawn.drawn,
          settled: state.writes === asDrawn.writes,
          moved: { at: now, upTo: state.drawn },
        }
      : undefined;

/** The sweep of this generation's move is over. */
export const endSweep =
  (generation: number): DayChange =>
  (state) => {
    if (state.generation !== generation || !state.moved) return undefined;
    const { moved: _, ...rest } = state;
    return rest;
  };

/** A late object was put. It counts from here on, so this comes after the put and before the acknowledgement. */
export const noteLateObject: DayChange = (state) => ({ ...state, writes: state.writes + 1, settled: false });

/** Objects were rewritten without what was erased; undefined if another generation counts than was rewritten. */
export const noteErasure =
  (generation: number): DayChange =>
  (state) =>
    state.generation === generation ? { ...state, erased: state.erased + 1 } : undefined;
