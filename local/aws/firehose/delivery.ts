import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { FirehoseStore, Output } from "./store.ts";
import { objectKey, type StreamSettings } from "./stream.ts";

export type PutFile = (bucket: string, key: string, body: Buffer) => Promise<void>;

export type DeliveryOptions = {
  settings: StreamSettings;
  store: Pick<FirehoseStore, "removeOutputs">;
  putFile: PutFile;
  log: (error: unknown, work: string) => void;
  now: () => number;
};

type Open = { outputs: Output[]; bytes: number; since: number; timer: NodeJS.Timeout };

const RETRY_MS = 1_000;

/**
 * Gathers what goes into each folder and puts it there as one object, when the first has waited long enough or
 * there is enough. What was put is removed from disk after that: a process that dies in between puts
 * it twice, as Firehose may.
 */
export const makeDelivery = ({ settings, store, putFile, log, now }: DeliveryOptions) => {
  const { name, bucket, bufferMs, bufferBytes } = settings;
  const open = new Map<string, Open>();
  const running = new Set<Promise<void>>();
  /** Outputs that are being put, or wait to be put again. */
  let underWay = 0;
  let closed = false;

  const put = async (folder: string, { outputs, since }: Open): Promise<void> => {
    const data = Buffer.concat(outputs.map((output) => output.data));
    const key = objectKey(folder, name, since, randomUUID());
    const [first] = outputs;
    if (first?.failed) await putFile(bucket, key, data);
    else await putFile(bucket, `${key}.gz`, gzipSync(data, { level: 6 }));
    await store.removeOutputs(outputs);
  };

  const flush = (folder: string): void => {
    const buffer = open.get(folder);
    if (!buffer) return;
    clearTimeout(buffer.timer);
    open.delete(folder);
    const { outputs } = buffer;
    underWay += outputs.length;
    const ended = () => {
      underWay -= outputs.length;
    };
    const again = () => {
      ended();
      add(folder, outputs);
    };
    const work = put(folder, buffer)
      .then(ended)
      .catch((error: unknown) => {
        log(error, `delivery to ${folder}`);
        if (!closed) setTimeout(again, RETRY_MS).unref();
      })
      .finally(() => running.delete(work));
    running.add(work);
  };

  const add = (folder: string, outputs: readonly Output[]): void => {
    if (closed || outputs.length === 0) return;
    let buffer = open.get(folder);
    if (!buffer) {
      const timer = setTimeout(() => flush(folder), bufferMs);
      buffer = { outputs: [], bytes: 0, since: now(), timer };
      open.set(folder, buffer);
    }
    for (const output of outputs) {
      buffer.outputs.push(output);
      buffer.bytes += output.data.length;
    }
    if (buffer.bytes >= bufferBytes) flush(folder);
  };

  return {
    add,
    /** Folders that hold something which is not yet delivered. */
    isOpen: (folder: string): boolean => open.has(folder),
    openFolders: (): number => [...open.values()].filter(({ outputs: [first] }) => !first?.failed).length,
    buffered: (): number => [...open.values()].reduce((sum, { outputs }) => sum + outputs.length, underWay),
    /** Finishes the puts that run; the rest stays on disk. */
    close: async (): Promise<void> => {
      closed = true;
      for (const { timer } of open.values()) clearTimeout(timer);
      await Promise.all(running);
    },
  };
};
