import { hash } from "node:crypto";
import type { Entry, Place } from "../file/user-file.ts";
import type { UserKey } from "../file/user-key.ts";
import type { Step } from "./plan-changes.ts";
import { NOWHERE, numberOfPlace } from "./user-state.ts";

/** An entry of the bus, before it is put there. */
export type BusEntry = { source: string; detailType: string; detail: string };

/** A large event's `data`, which is kept apart (claim check). */
export type Claim = { id: string; key: string; data: string; sha256: string; bytes: number };

/** What is to be put on the bus next, and what must be kept before. */
export type Outgoing = { entry: BusEntry; claims: Claim[]; events: number };

export type EnvelopeOptions = {
  source: string;
  /** Most bytes of an entry of the bus. */
  bytesMax: number;
  /** Where claims are kept. */
  bucket: string;
  /** Says that these are announced again, and for which replay. */
  replay?: { id: string; detailType: string };
};

export const DETAIL_TYPE = "persistence";
export const GAP_TYPE = "changes_gap";

/** Letters of an id: 128 bits of a SHA-256 in hexadecimal. */
const ID_LENGTH = 32;

const idOf = (text: string): string => hash("sha256", text, "hex").slice(0, ID_LENGTH);

/** What the ids of a user's events begin with; neither part holds a line break unescaped. */
const lifeOf = ({ organizationId, userId }: UserKey, generation: number): string =>
  `${JSON.stringify([organizationId, userId])}${generation}`;

export const claimKey = ({ organizationId, spelled }: UserKey, id: string): string =>
  `claims/${organizationId}/${spelled}/${id}.json`;

const bytesOf = ({ source, detailType, detail }: BusEntry): number =>
  Buffer.byteLength(source) + Buffer.byteLength(detailType) + Buffer.byteLength(detail);

type EnvelopeStep = Extract<Step, { kind: "events" | "deleted" }>;

/** Everything of an envelope's detail but its events, with the place of its last event. */
const makeEnvelope = (user: UserKey, step: EnvelopeStep, options: EnvelopeOptions) => {
  const { source, replay } = options;
  const { lane, generation, version } = step;
  const life = lifeOf(user, generation);
  const head = `],"test_events":${lane === "test"},"id":"`;
  const middle = `","organization_id":${JSON.stringify(user.organizationId)},"user_id":${JSON.stringify(user.userId)},"generation":${generation},"number":"`;
  const tail = `,"version":${JSON.stringify(version)}${replay ? `,"replay":${JSON.stringify(replay.id)}` : ""}}`;
  const detailType = replay?.detailType ?? DETAIL_TYPE;
  const around = (previous: Place, number: Place): string => {
    const [from, to] = [numberOfPlace(previous), numberOfPlace(number)];
    const id = idOf(`${life} ${lane} ${from} ${to}`);
    return `${head}${id}${middle}${to}","previous":"${from}"${tail}`;
  };
  const emptyBytes =
    bytesOf({ source, detailType, detail: `{"events":[${around(NOWHERE, NOWHERE)}` }) -
    2 * numberOfPlace(NOWHERE).length;
  return {
    idOfEvent: (place: Place): string => idOf(`${life} ${numberOfPlace(place)}`),
    /** Bytes of the entry without its events. Ids have one length, and the places are digits. */
    frameBytes: (previous: Place, number: Place): number =>
      emptyBytes + numberOfPlace(previous).length + numberOfPlace(number).length,
    entry: (events: readonly string[], previous: Place, number: Place): BusEntry => ({
      source,
      detailType,
      detail: `{"events":[${events.join(",")}${around(previous, number)}`,
    }),
  };
};

const deletedEnvelope = (
  user: UserKey,
  step: Extract<Step, { kind: "deleted" }>,
  options: EnvelopeOptions,
): Outgoing => {
  const envelope = makeEnvelope(user, step, options);
  const number = { counter: step.counter, place: 0 };
  const event = {
    user_id: user.userId,
    type: "deleted",
    write_counter: step.counter,
    generation: step.generation,
    id: envelope.idOfEvent(number),
  };
  return {
    entry: envelope.entry([JSON.stringify(event)], step.previous, number),
    claims: [],
    events: 1,
  };
};

/** The events of one kind in envelopes, cut between events; made one by one, as they are asked for. */
function* eventEnvelopes(
  user: UserKey,
  step: Extract<Step, { kind: "events" }>,
  options: EnvelopeOptions,
): Generator<Outgoing> {
  const envelope = makeEnvelope(user, step, options);
  const head = `{"user_id":${JSON.stringify(user.userId)},"type":"`;

  /** The event's text, and its claim if it is too large to stand in an envelope. */
  const textOf = (entry: Entry, previous: Place): { text: string; bytes: number; claim?: Claim } => {
    const id = envelope.idOfEvent(entry);
    const data = JSON.stringify(entry.data);
    const start = `${head}${entry.type}","write_counter":${entry.counter}`;
    const text = `${start},"data":${data},"id":"${id}"}`;
    const bytes = Buffer.byteLength(text);
    if (envelope.frameBytes(previous, entry) + bytes <= options.bytesMax) return { text, bytes };
    const claim: Claim = {
      id,
      key: claimKey(user, id),
      data,
      sha256: hash("sha256", data, "hex"),
      bytes: Buffer.byteLength(data),
    };
    const said = { bucket: options.bucket, key: claim.key, bytes: claim.bytes, sha256: claim.sha256 };
    const claimed = `${start},"id":"${id}","claim":${JSON.stringify(said)}}`;
    return { text: claimed, bytes: Buffer.byteLength(claimed), claim };
  };

  let texts: string[] = [];
  let claims: Claim[] = [];
  let bytes = 0;
  let previous = step.previous;
  let last = step.previous;
  for (const entry of step.entries) {
    // An event that fits alone stays one, whichever event stands before it.
    const { text, bytes: own, claim } = textOf(entry, last);
    if (
      texts.length > 0 &&
      envelope.frameBytes(previous, entry) + bytes + own + texts.length > options.bytesMax
    ) {
      yield { entry: envelope.entry(texts, previous, last), claims, events: texts.length };
      [texts, claims, bytes, previous] = [[], [], 0, last];
    }
    texts.push(text);
    if (claim) claims.push(claim);
    bytes += own;
    last = entry;
  }
  if (texts.length > 0) yield { entry: envelope.entry(texts, previous, last), claims, events: texts.length };
}

const gapEntry = (
  user: UserKey,
  { generation, from, to }: Extract<Step, { kind: "gap" }>,
  { source }: EnvelopeOptions,
): Outgoing => {
  const detail = {
    user_id: user.userId,
    generation,
    from,
    to,
    organization_id: user.organizationId,
    id: idOf(`${lifeOf(user, generation)} gap ${from} ${to}`),
  };
  return {
    entry: { source, detailType: GAP_TYPE, detail: JSON.stringify(detail) },
    claims: [],
    events: 0,
  };
};

/** What goes on the bus for one step of a plan, in order. */
export function* outgoingOf(
  user: UserKey,
  step: Exclude<Step, { kind: "bad" }>,
  options: EnvelopeOptions,
): Generator<Outgoing> {
  if (step.kind === "events") yield* eventEnvelopes(user, step, options);
  else yield step.kind === "deleted" ? deletedEnvelope(user, step, options) : gapEntry(user, step, options);
}
