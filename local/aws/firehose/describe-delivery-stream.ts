import { type FirehoseAction, openStream } from "./context.ts";

export const describeDeliveryStream: FirehoseAction = (context) => (input, call) => {
  const { settings } = openStream(context, input, call, "DescribeDeliveryStream");
  const { name, bucket, prefix, errorPrefix, bufferBytes, bufferMs } = settings;
  return {
    DeliveryStreamDescription: {
      DeliveryStreamName: name,
      DeliveryStreamARN: context.arns.at("firehose", `deliverystream/${name}`),
      DeliveryStreamStatus: "ACTIVE",
      DeliveryStreamType: "DirectPut",
      VersionId: "1",
      HasMoreDestinations: false,
      Destinations: [
        {
          DestinationId: "destinationId-000000000001",
          ExtendedS3DestinationDescription: {
            RoleARN: "",
            BucketARN: context.arns.bucket(bucket),
            Prefix: prefix,
            ErrorOutputPrefix: errorPrefix,
            BufferingHints: {
              SizeInMBs: Math.round(bufferBytes / 1_048_576),
              IntervalInSeconds: Math.round(bufferMs / 1_000),
            },
            CompressionFormat: "GZIP",
            EncryptionConfiguration: { NoEncryptionConfig: "NoEncryption" },
            DynamicPartitioningConfiguration: { Enabled: true },
          },
        },
      ],
    },
  };
};
