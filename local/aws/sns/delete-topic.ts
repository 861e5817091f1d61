import { nameInArn } from "../port/arn.ts";
import { text } from "../port/input.ts";
import type { SnsAction } from "./context.ts";
import { checkArn } from "./errors.ts";

/** Deleting a topic that does not exist succeeds. */
export const deleteTopic: SnsAction =
  ({ topics }) =>
  (input, call) => {
    const arn = checkArn(text(input, "TopicArn"), "TopicArn");
    call.authorize("sns:DeleteTopic", arn);
    topics.remove(nameInArn(arn));
    return {};
  };
