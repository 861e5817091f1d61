type Sized = { json: string; bytes: number };

/**
 * Events in their order, in parts of at most so many bytes and events each, commas between them counted. None is
 * cut: one that is larger by itself has a part of its own.
 */
export const partsOf = <T extends Sized>(events: readonly T[], bytesMax: number, countMax: number): T[][] => {
  const parts: T[][] = [];
  let bytes = bytesMax;
  for (const event of events) {
    bytes += event.bytes + 1;
    const part = parts.at(-1);
    if (part && bytes <= bytesMax && part.length < countMax) part.push(event);
    else {
      parts.push([event]);
      bytes = event.bytes;
    }
  }
  return parts;
};
