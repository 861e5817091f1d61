/**
 * Which of so many delivery streams an organization's messages go through: FNV-1a (32 bits) of its id. All of an
 * organization's go through one, so that it opens its partitions there alone.
 */
export const streamOf = (organizationID: string, streams: number): number => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(organizationID)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % streams;
};
