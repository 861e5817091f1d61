/**
 * Lets so many bytes of files be in memory at once. A file that is larger by itself has to be alone. One who holds
 * some already is let in, because two who wait for each other would wait for ever.
 */
export const makeByteGate = (bytesMax: number) => {
  const waiting: (() => void)[] = [];
  let held = 0;
  const enter = async (bytes: number, holds: number): Promise<void> => {
    while (holds === 0 && held > 0 && held + bytes > bytesMax) {
      await new Promise<void>((go) => waiting.push(go));
    }
    held += bytes;
  };
  const leave = (bytes: number): void => {
    held -= bytes;
    for (const go of waiting.splice(0)) go();
  };
  return { enter, leave };
};
