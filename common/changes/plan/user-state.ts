import type { FileCode, Lane, Place } from "../file/user-file.ts";

/** How far the changes of a user are streamed. */
export type UserState = {
  /** Id of the newest version or delete marker that is streamed; empty before the first. */
  applied: string;
  /** Its time as S3 lists it, in whole seconds. */
  appliedAt: string;
  /** Ids of older versions of that same second, for the case that the applied one is removed. */
  tied: readonly string[];
  /** Id of the version that was last read and good in this generation; empty if there is none. */
  file: string;
  exists: boolean;
  /** How many deletes of the user were announced. */
  generation: number;
  /** The counter of the newest file that could be read in this generation. */
  counter: number;
  /** The highest counter of this generation that is streamed. */
  streamed: number;
  /** The last place announced in each kind of this generation. */
  lanes: Readonly<Record<Lane, Place>>;
  /** The newest file, when it cannot be read. */
  blocked?: { version: string; code: FileCode };
};

export const NOWHERE: Place = { counter: 0, place: 0 };

export const NEW_USER: UserState = {
  applied: "",
  appliedAt: "",
  tied: [],
  file: "",
  exists: false,
  generation: 0,
  counter: 0,
  streamed: 0,
  lanes: { real: NOWHERE, test: NOWHERE },
};

export const isBefore = (one: Place, other: Place): boolean =>
  one.counter < other.counter || (one.counter === other.counter && one.place < other.place);

/** `<write_counter>.<place in that write>`. */
export const numberOfPlace = ({ counter, place }: Place): string => `${counter}.${place}`;

export const placeOfNumber = (text: string): Place => {
  const [counter = "0", place = "0"] = text.split(".");
  return { counter: Number(counter), place: Number(place) };
};
