import { type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll } from "vitest";
import { type Clients, clientsFor } from "../testing/port.ts";

/** An endpoint that the AWS SDK can call: this port, or another emulator that the same suite tests. */
type Emulator = { endpoint: string; close(): Promise<void> };
export type StartEmulator = () => Promise<Emulator>;

/** Starts the emulator before a suite and closes it afterwards. */
export const useEmulator = (start: StartEmulator): (() => Clients) => {
  let emulator: Emulator | undefined;
  let clients: Clients | undefined;
  beforeAll(async () => {
    emulator = await start();
    clients = clientsFor(emulator.endpoint);
  });
  afterAll(() => emulator?.close());
  return () => {
    if (!clients) throw new Error("the emulator has not started");
    return clients;
  };
};

let made = 0;
/** A name that no other test uses. */
export const freshName = (what: string): string => {
  made += 1;
  return `${what}-${process.pid}-${made}`;
};

const DEADLINE_MS = 20_000;

/** The next `count` messages of a queue, however many receives that takes; fewer if they do not come. */
export const receiveMessages = async (
  { sqs }: Pick<Clients, "sqs">,
  QueueUrl: string,
  count: number,
): Promise<Message[]> => {
  const received: Message[] = [];
  const deadline = Date.now() + DEADLINE_MS;
  while (received.length < count && Date.now() < deadline) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ["All"],
      }),
    );
    received.push(...Messages);
  }
  return received;
};
