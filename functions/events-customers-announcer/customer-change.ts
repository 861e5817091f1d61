import type { AttributeValue, DynamoDBRecord } from "aws-lambda";
import type { StoredCustomer } from "#common/events/customers/customer.ts";
import { customerFromItem } from "#common/events/customers/customer-items.ts";
import { profileKey } from "#common/events/keys.ts";
import type { Item, ItemValue } from "#common/table/table.ts";

/** What became of a customer's profile: at least one of the two is there. */
export type CustomerChange = {
  before?: StoredCustomer;
  after?: StoredCustomer;
  /** When the table was changed, in Unix milliseconds; the same on every delivery of the record. */
  changedAtMs: number;
};

type Image = Readonly<Record<string, AttributeValue>>;

/** The texts and numbers of an image; a profile has no attributes of another kind. */
const itemOf = (image: Image): Item => {
  const item: Record<string, ItemValue> = {};
  for (const [name, { S, N }] of Object.entries(image)) {
    if (S !== undefined) item[name] = S;
    else if (N !== undefined) item[name] = Number(N);
  }
  return { pk: "", sk: "", ...item };
};

/** The customer that an image is the profile of; undefined for any other item. */
const customerOf = (image: Image | undefined): StoredCustomer | undefined => {
  if (image === undefined) return undefined;
  const { pk, sk, customerId } = itemOf(image);
  const [organizationId = ""] = pk.split("#", 1);
  // A customer may be called `profile`: its place in the list of customers passes the trigger's filter, too.
  const key = profileKey(organizationId, String(customerId));
  return pk === key.pk && sk === key.sk ? customerFromItem(organizationId, itemOf(image)) : undefined;
};

/** The change of a profile in a record of the table's stream; undefined if the record is of something else. */
export const customerChangeOf = ({ dynamodb }: DynamoDBRecord): CustomerChange | undefined => {
  const before = customerOf(dynamodb?.OldImage);
  const after = customerOf(dynamodb?.NewImage);
  const seconds = dynamodb?.ApproximateCreationDateTime;
  if (before === undefined && after === undefined) return undefined;
  if (seconds === undefined) throw new Error("the record of the stream has no time");
  return {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    changedAtMs: Math.round(seconds * 1000),
  };
};
