import { randomUUID } from "node:crypto";
import type { TransformBatch, TransformedRecord, TransformFailure } from "../../seams.ts";
import { deaggregate } from "./deaggregate.ts";
import { makeDelivery, type PutFile } from "./delivery.ts";
import { type Failed, failureLine } from "./failures.ts";
import { makeIntake } from "./intake.ts";
import type { FirehoseStore, Output, Stored } from "./store.ts";
import { type ErrorType, errorFolderOf, folderOf, type StreamSettings } from "./stream.ts";

export type DeliveryStreamOptions = {
  settings: StreamSettings;
  store: FirehoseStore;
  putFile: PutFile;
  log: (error: unknown, work: string) => void;
  now: () => number;
};

type NewOutput = Omit<Output, "id">;

/** Firehose's ids have 56 digits and more; only their being different counts. */
const newRecordId = (): string => randomUUID().replaceAll("-", "");

/** One delivery stream: what it takes is parted, handed to its function, and delivered to the folders the function names. */
export const makeDeliveryStream = ({ settings, store, putFile, log, now }: DeliveryStreamOptions) => {
  const { name, partitionsMax } = settings;
  const intake = makeIntake(settings);
  const delivery = makeDelivery({ settings, store, putFile, log, now });
  let throttled = false;

  const failures = (failed: readonly Failed[], type: ErrorType): NewOutput[] => {
    if (failed.length === 0) return [];
    const time = now();
    const folder = errorFolderOf(settings, type, time);
    const data = Buffer.from(failed.map((one) => failureLine(one, time)).join(""));
    return [{ stream: name, folder, failed: true, added: time, data }];
  };

  const deliver = (outputs: readonly Output[]): void => {
    for (const [folder, ofFolder] of Map.groupBy(outputs, (output) => output.folder)) {
      delivery.add(folder, ofFolder);
    }
  };

  const replace = async (records: readonly Stored[], outputs: readonly NewOutput[]): Promise<void> =>
    deliver(await store.replace(records, outputs));

  /** Of records that the function passed, the outputs by folder, and those that no folder could be had for. */
  const place = (
    passed: readonly { record: Stored; result: TransformedRecord & { result: "Ok" } }[],
    functionArn: string,
  ) => {
    const folders = new Map<string, Buffer[]>();
    const unplaced: Failed[] = [];
    const crowded: Failed[] = [];
    for (const { record, result } of passed) {
      const folder = folderOf(settings, result.partitionKeys);
      const isNew = folder !== undefined && !folders.has(folder) && !delivery.isOpen(folder);
      const opened = [...folders.keys()].filter((one) => !delivery.isOpen(one)).length;
      if (folder === undefined) {
        const errorMessage = "partitionKeys values must not be null or empty";
        const errorCode = "DynamicPartitioning.MetadataExtractionFailed";
        unplaced.push({ record, errorCode, errorMessage, attempts: 1, functionArn });
      } else if (isNew && delivery.openFolders() + opened >= partitionsMax) {
        const errorMessage = "The number of active partitions exceeds the limit.";
        const errorCode = "DynamicPartitioning.ActivePartitionLimitExceeded";
        crowded.push({ record, errorCode, errorMessage, attempts: 1, functionArn });
      } else {
        const lines = folders.get(folder) ?? [];
        lines.push(result.data);
        folders.set(folder, lines);
      }
    }
    return { folders, unplaced, crowded };
  };

  return {
    settings,
    isThrottled: (): boolean => throttled,
    throttle: (given: boolean): void => {
      throttled = given;
    },
    /** Resolves when the records are on disk; answers their ids. */
    put: async (datas: readonly Buffer[]): Promise<string[]> => {
      const ids = datas.map(newRecordId);
      const arrivedAt = now();
      const whole: { recordId: string; arrivedAt: number; data: Buffer }[] = [];
      const parts = datas.flatMap((data, index) => {
        const recordId = ids[index] ?? "";
        const found = deaggregate(data);
        if (found === undefined) {
          whole.push({ recordId, arrivedAt, data });
          return [];
        }
        return found.map((part, place) => ({
          recordId: found.length === 1 ? recordId : `${recordId}.${place}`,
          arrivedAt,
          data: part,
        }));
      });
      if (whole.length > 0) {
        const failed = whole.map((record) => ({
          record,
          errorCode: "DynamicPartitioning.RecordDeaggregationFailed",
          errorMessage: "The record could not be parted into JSON objects.",
          attempts: 1,
          functionArn: "",
        }));
        await replace([], failures(failed, "processing-failed"));
      }
      if (parts.length > 0) intake.add(await store.add(name, parts));
      return ids;
    },
    take: intake.take,
    release: (batch: TransformBatch): void => {
      const records = intake.taken(batch);
      intake.done(batch);
      if (records.length > 0) intake.add(records);
    },
    settle: async (
      batch: TransformBatch,
      results: readonly TransformedRecord[],
      functionArn: string,
    ): Promise<void> => {
      const records = intake.taken(batch);
      const byId = new Map(results.map((result) => [result.recordId, result]));
      const passed: { record: Stored; result: TransformedRecord & { result: "Ok" } }[] = [];
      const refused: Failed[] = [];
      for (const record of records) {
        const result = byId.get(record.recordId);
        if (result?.result === "Ok") passed.push({ record, result });
        else if (result?.result !== "Dropped") {
          const errorMessage = "ProcessingFailed status set for record";
          refused.push({
            record,
            errorCode: "Lambda.ProcessingFailedStatus",
            errorMessage,
            attempts: 1,
            functionArn,
          });
        }
      }
      const { folders, unplaced, crowded } = place(passed, functionArn);
      const added = now();
      const good = Array.from(
        folders,
        ([folder, lines]): NewOutput => ({
          stream: name,
          folder,
          failed: false,
          added,
          data: Buffer.concat(lines),
        }),
      );
      await replace(records, [
        ...good,
        ...failures([...refused, ...unplaced], "processing-failed"),
        ...failures(crowded, "activePartitionExceeded"),
      ]);
      intake.done(batch);
    },
    fail: async (batch: TransformBatch, failure: TransformFailure): Promise<void> => {
      const records = intake.taken(batch);
      await replace(
        records,
        failures(
          records.map((record) => ({ record, ...failure })),
          "processing-failed",
        ),
      );
      intake.done(batch);
    },
    /** Takes up what was on disk when the platform ended. */
    resume: (records: readonly Stored[], outputs: readonly Output[]): void => {
      if (records.length > 0) intake.add(records);
      deliver(outputs);
    },
    depth: () => ({ waiting: intake.waiting(), buffered: delivery.buffered() }),
    close: delivery.close,
  };
};
export type DeliveryStream = ReturnType<typeof makeDeliveryStream>;
