import type { ResourceLimits, Worker } from "node:worker_threads";

const MEBIBYTE = 1_048_576;
const EVERY_MS = 40;
/**
 * The thread is ended after this many measurements above the limit in a row; garbage has been collected by
 * then.
 */
const TIMES = 4;
/** An allowance for garbage that V8 has not collected yet, and for the thread itself. */
const ALLOWANCE_MB = 96;

/**
 * V8 aborts the whole process when a heap passes its limit by one large allocation, before Node can stop the
 * worker. So V8's own limit is set far above, and the watch below enforces the real one.
 */
export const heapLimits = (memoryMb: number): ResourceLimits => ({
  maxOldGenerationSizeMb: memoryMb + 2048,
  maxYoungGenerationSizeMb: 32,
});

/**
 * Calls `onExcess` when the thread holds more than `memoryMb`, buffers included. Meant to run during an
 * invocation; one that is done before the first look costs nothing but a timer. Returns a function that ends
 * it.
 */
export const watchMemory = (worker: Worker, memoryMb: number, onExcess: () => void): (() => void) => {
  const limit = (memoryMb + ALLOWANCE_MB) * MEBIBYTE;
  let asking = false;
  let over = 0;
  const look = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      const heap = await worker.getHeapStatistics();
      over = heap.used_heap_size + heap.external_memory > limit ? over + 1 : 0;
      if (over === TIMES) onExcess();
    } catch {
      // The thread has ended.
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  return () => clearInterval(timer);
};
