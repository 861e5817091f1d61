/** A call as the calling server's clock has it. `endMs` is absent where it was not said how long the call took. */
export type Call = { from: string | undefined; to: string; startMs: number; endMs?: number };

/** When a server was first and last heard of, by its own clock. */
export type Heard = { firstMs: number; lastMs: number };

/** How far a server's clock is ahead; `depth` is how many calls lead to it. */
export type Placed = { skewMs: number; depth: number };

/** From the first start to the last end of calls, in corrected time. */
type Bounds = { startMs: number; endMs: number };

/**
 * How far the called clock is ahead of the caller's, by NTP's rule (RFC 5905, section 8): what was heard lies in the
 * middle of its call. Nothing, where it lies within the call as it is. A server that works on after its answer is
 * heard of for longer than the call took; then it is known only that it did not begin before the call, as where a call's end is not known.
 */
export const skewOf = ({ firstMs, lastMs }: Heard, { startMs, endMs }: Bounds): number => {
  if (endMs === Number.POSITIVE_INFINITY || lastMs - firstMs > endMs - startMs) {
    return firstMs < startMs || firstMs > endMs ? firstMs - startMs : 0;
  }
  if (firstMs >= startMs && lastMs <= endMs) return 0;
  return Math.round((firstMs - startMs + (lastMs - endMs)) / 2);
};

const boundsOf = (calls: readonly Call[], placed: ReadonlyMap<string | undefined, Placed>): Bounds => {
  let [startMs, endMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const call of calls) {
    const skewMs = placed.get(call.from)?.skewMs ?? 0;
    startMs = Math.min(startMs, call.startMs - skewMs);
    endMs = Math.max(endMs, (call.endMs ?? Number.POSITIVE_INFINITY) - skewMs);
  }
  return { startMs, endMs };
};

/** The next server to be placed: one whose callers all are, else, where servers call each other in a circle, the one called first. */
const nextOf = (
  waiting: ReadonlyMap<string, readonly Call[]>,
  placed: ReadonlyMap<string | undefined, Placed>,
): string | undefined => {
  const isPlaced = ({ from }: Call) => from === undefined || placed.has(from);
  const ready = [...waiting].find(([, calls]) => calls.every(isPlaced));
  if (ready) return ready[0];
  const [first] = [...waiting]
    .filter(([, calls]) => calls.some(isPlaced))
    .sort(([, a], [, b]) => (a[0]?.startMs ?? 0) - (b[0]?.startMs ?? 0));
  return first?.[0];
};

/**
 * Where each server that was heard of stands, outwards from those that no other called. Of a circle that no server
 * from outside calls, the one that was heard of first is where it begins.
 */
export const placeServers = (
  heard: ReadonlyMap<string, Heard>,
  calls: readonly Call[],
): Map<string | undefined, Placed> => {
  const placed = new Map<string | undefined, Placed>();
  const waiting = new Map<string, Call[]>();
  for (const server of heard.keys()) {
    const ofServer = calls.filter(({ from, to }) => to === server && from !== server);
    if (ofServer.length === 0) placed.set(server, { skewMs: 0, depth: 0 });
    else
      waiting.set(
        server,
        ofServer.sort((a, b) => a.startMs - b.startMs),
      );
  }
  while (waiting.size > 0) {
    const server = nextOf(waiting, placed);
    if (server === undefined) {
      const [first] = [...waiting.keys()].sort(
        (a, b) => (heard.get(a)?.firstMs ?? 0) - (heard.get(b)?.firstMs ?? 0),
      );
      if (first === undefined) break;
      waiting.delete(first);
      placed.set(first, { skewMs: 0, depth: 0 });
      continue;
    }
    const known = (waiting.get(server) ?? []).filter(({ from }) => from === undefined || placed.has(from));
    waiting.delete(server);
    const span = heard.get(server);
    if (!span) continue;
    const depth = 1 + Math.max(...known.map(({ from }) => placed.get(from)?.depth ?? 0));
    placed.set(server, { skewMs: skewOf(span, boundsOf(known, placed)), depth });
  }
  return placed;
};
