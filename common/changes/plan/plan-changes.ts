import {
  type Entry,
  type FileFault,
  LANES,
  type Lane,
  type Place,
  type ReadFile,
  type UserFile,
} from "../file/user-file.ts";
import { appliedOf, freshVersions, type Version } from "./fresh-versions.ts";
import { isBefore, NOWHERE, type UserState } from "./user-state.ts";

/** One thing to be announced, in the order in which things are to be announced. */
export type Step =
  | { kind: "events"; lane: Lane; generation: number; previous: Place; version: string; entries: Entry[] }
  | { kind: "deleted"; lane: Lane; generation: number; previous: Place; version: string; counter: number }
  /** Entries of these counters, both inclusive, are not to be had any more. */
  | { kind: "gap"; generation: number; from: number; to: number }
  | { kind: "bad"; version: string; fault: FileFault };

/** Reads a version of the user's file; versions never change. */
export type ReadVersion = (version: Version) => Promise<ReadFile>;

/** What is wanted of one file of a run. */
type Piece = { version: string; file: UserFile; entries: Entry[] };

const lastTold = ({ lanes }: UserState): Place =>
  isBefore(lanes.real, lanes.test) ? lanes.test : lanes.real;

const backwards = (counter: number, streamed: number): FileFault => ({
  code: "COUNTER_BACKWARDS",
  errors: [{ path: "/write_counter", message: `must not fall: ${streamed} was streamed, got ${counter}` }],
});

async function* tellPiece(
  state: UserState,
  { version, file, entries }: Piece,
): AsyncGenerator<Step, UserState> {
  const { generation } = state;
  if (file.from > state.streamed) {
    yield { kind: "gap", generation, from: state.streamed + 1, to: file.from };
  }
  const lanes = { ...state.lanes };
  for (const lane of LANES) {
    const own = entries.filter((entry) => entry.lane === lane);
    const last = own.at(-1);
    if (!last) continue;
    yield { kind: "events", lane, generation, previous: lanes[lane], version, entries: own };
    lanes[lane] = { counter: last.counter, place: last.place };
  }
  return { ...state, lanes, file: version, streamed: Math.max(state.streamed, file.counter) };
}

/**
 * Announces a run of files that followed each other. The last holds all that the engine has not forgotten; earlier ones
 * are read as long as something was forgotten that is not streamed, or the file that was read is bad.
 */
async function* tellRun(
  before: UserState,
  run: readonly Version[],
  read: ReadVersion,
): AsyncGenerator<Step, UserState> {
  const { blocked: _, ...unblocked } = before;
  let state: UserState = { ...unblocked, exists: true };
  const told = lastTold(state);
  const pieces: Piece[] = [];
  // Entries above this counter are taken from a newer file.
  let above = Number.POSITIVE_INFINITY;
  let isNewest = true;
  for (const version of run.toReversed()) {
    const answer = await read(version);
    if (answer.ok && isNewest) state = { ...state, counter: answer.file.counter };
    if (answer.ok) isNewest = false;
    const fault = answer.ok
      ? answer.file.counter < state.streamed
        ? backwards(answer.file.counter, state.streamed)
        : undefined
      : answer.fault;
    if (fault) {
      yield { kind: "bad", version: version.id, fault };
      if (version === run.at(-1)) state = { ...state, blocked: { version: version.id, code: fault.code } };
    } else if (answer.ok) {
      const { file } = answer;
      const entries = file.entries.filter((entry) => entry.counter <= above && isBefore(told, entry));
      pieces.unshift({ version: version.id, file: { ...file, entries: [] }, entries });
      if (file.from <= state.streamed) break;
      above = file.from;
    }
  }
  for (const piece of pieces) state = yield* tellPiece(state, piece);
  return state;
}

/** Announces the end of the user's life, in each kind in which this life had entries. */
async function* tellDelete(state: UserState, version: string): AsyncGenerator<Step, UserState> {
  const { generation, streamed, lanes } = state;
  for (const lane of LANES) {
    const previous = lanes[lane];
    if (previous.counter === 0) continue;
    yield { kind: "deleted", lane, generation, previous, version, counter: streamed + 1 };
  }
  const { blocked: _, ...unblocked } = state;
  return {
    ...unblocked,
    exists: false,
    generation: generation + 1,
    counter: 0,
    streamed: 0,
    file: "",
    lanes: { real: NOWHERE, test: NOWHERE },
  };
}

/**
 * What is to be announced of a user, and how far the user is streamed afterwards. It depends on the state, on the listing
 * (newest first, down to the applied version) and on the files alone, so that it is the same for each invocation
 * that makes it. A notification has no say in it.
 */
export async function* planChanges(
  before: UserState,
  listing: readonly Version[],
  read: ReadVersion,
): AsyncGenerator<Step, UserState> {
  const { versions, isGone } = freshVersions(before, listing);
  let state = before;
  let run: Version[] = [];
  for (const version of versions) {
    if (!version.isMarker) {
      run.push(version);
      continue;
    }
    if (run.length > 0) state = yield* tellRun(state, run, read);
    run = [];
    // A marker where no file is changes nothing.
    if (state.exists) state = yield* tellDelete(state, version.id);
  }
  if (run.length > 0) state = yield* tellRun(state, run, read);
  if (isGone && state.exists) state = yield* tellDelete(state, "");
  return { ...state, ...appliedOf(before, listing) };
}
