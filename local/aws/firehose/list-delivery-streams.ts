import type { FirehoseAction } from "./context.ts";

export const listDeliveryStreams: FirehoseAction =
  ({ streams, arns }) =>
  (_input, call) => {
    call.authorize("firehose:ListDeliveryStreams", arns.at("firehose", "*"));
    return { DeliveryStreamNames: [...streams.keys()].sort(), HasMoreDeliveryStreams: false };
  };
