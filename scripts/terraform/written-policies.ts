// The policies that Terraform's modules write for a function, to be measured before there is a plan.
import { statementsOf } from "#common/manifest/grants.ts";
import type { Declarations, Manifest } from "#common/manifest/manifest.ts";
import { type Deployment, functionArn, resourceName } from "#common/manifest/names.ts";

/** The policy that modules/function writes. IAM does not count white space. */
export const rolePolicy = (
  declarations: Declarations,
  deployment: Deployment,
  manifest: Manifest,
): unknown => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:PutLogEvents", "logs:CreateLogStream"],
      Resource: `arn:aws:logs:${deployment.region}:${deployment.accountId}:log-group:/aws/lambda/${resourceName(deployment, manifest.name)}:*`,
    },
    {
      Sid: "Traces",
      Effect: "Allow",
      Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      Resource: "*",
    },
    ...(manifest.network === "none"
      ? []
      : [
          {
            Sid: "NetworkInterfaces",
            Effect: "Allow",
            Action: [
              "ec2:UnassignPrivateIpAddresses",
              "ec2:DescribeSubnets",
              "ec2:DescribeNetworkInterfaces",
              "ec2:DeleteNetworkInterface",
              "ec2:CreateNetworkInterface",
              "ec2:AssignPrivateIpAddresses",
            ],
            Resource: "*",
          },
          {
            Sid: "NoNetworkInterfacesFromCode",
            Effect: "Deny",
            Action: "ec2:*",
            Resource: "*",
            Condition: { ArnEquals: { "lambda:SourceFunctionArn": functionArn(deployment, manifest) } },
          },
        ]),
    ...statementsOf(declarations, deployment, manifest).map(({ actions, resources, requestAlias }) => ({
      Sid: "",
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(requestAlias === undefined
        ? {}
        : { Condition: { StringEquals: { "kms:RequestAlias": requestAlias } } }),
    })),
  ],
});

/** One statement for all routes, one for a bucket however often it notifies, one for each topic and rule, one for all log groups. */
const invokers = ({ triggers }: Manifest): string[] => [
  ...new Set(
    triggers.flatMap((trigger, at) => {
      switch (trigger.type) {
        case "http":
          return ["gateway"];
        case "bucket":
          return [`bucket-${trigger.bucket}`];
        case "topic":
          return [`topic-${trigger.topic}`];
        case "bus":
          return [`bus-${at}`];
        case "log-lines":
          return ["log-lines"];
        default:
          return [];
      }
    }),
  ),
];

/** Who may invoke the function, as Lambda keeps it. */
export const invocationPolicy = (deployment: Deployment, manifest: Manifest): unknown => ({
  Version: "2012-10-17",
  Id: "default",
  Statement: invokers(manifest).map((invoker) => ({
    Sid: `${invoker}-${manifest.name}`,
    Effect: "Allow",
    Principal: { Service: "apigateway.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: `${functionArn(deployment, manifest)}:live`,
    Condition: {
      StringEquals: { "AWS:SourceAccount": deployment.accountId },
      ArnLike: { "AWS:SourceArn": functionArn(deployment, manifest) },
    },
  })),
});
