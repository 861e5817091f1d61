/** Characters that SQS refuses and JSON may hold as they are; what is below U+0020 JSON always escapes. */
const NOT_FOR_SQS = /[\ufffe\uffff]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16)}`;

/** JSON text as a queue takes it: the same value. */
export const queueText = (json: string): string => json.replace(NOT_FOR_SQS, escaped);

/** A queue's message has 1 MiB, attributes included. */
export const QUEUE_BYTES_MAX = 1_040_000;
