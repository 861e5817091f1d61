/**
 * Which of the log streams an organization's messages go to: FNV-1a over its id, modulo the number of streams.
 * Publishers to the topic say it as the message attribute `stream`; absent means 0.
 */
export const streamNumberOf = (organizationId: string, streams: number): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < organizationId.length; at += 1) {
    hash = Math.imul(hash ^ organizationId.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % streams;
};
