export type { EventOptions } from "./event-json.ts";
export type { LargeDetail, PutDetail } from "./large-detail.ts";
export type { Call, CallOptions, RequestLog } from "./log.ts";
export type { OutgoingMessage, Publish, RefusedMessage } from "./outbox.ts";
export {
  type Counts,
  createRequestLog,
  type LogOptions,
  type RequestLogOptions,
  type RequestLogs,
} from "./request-log.ts";
export { type SnsPublisherOptions, snsPublisher } from "./sns-topic.ts";
export { transactionIdOf } from "./transaction-id.ts";
