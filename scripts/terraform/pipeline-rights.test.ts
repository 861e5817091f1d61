import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const terraform = join(import.meta.dirname, "../../terraform");
const joinedText = (pattern: string, but?: string): string =>
  globSync(pattern, { cwd: terraform })
    .filter((file) => but === undefined || !file.startsWith(but))
    .map((file) => readFileSync(join(terraform, file), "utf8"))
    .join("\n");

const ROLES = join("modules", "pipeline-roles");

/** What the environments' Terraform makes, in its root and in the modules. */
const made = [
  ...new Set(
    [
      ...`${joinedText("*.tf")}\n${joinedText("modules/*/*.tf", ROLES)}`.matchAll(/^resource "(aws_\w+)"/gm),
    ].map(([, type = ""]) => type),
  ),
].sort();

/** All actions that the deploying role's policies name. */
const granted = [...joinedText(join(ROLES, "deploy-*.tf")).matchAll(/"([a-z0-9-]+:[A-Za-z]*\*?)"/g)].map(
  ([, action = ""]) => action,
);

const isGranted = (action: string): boolean =>
  granted.some((one) => (one.endsWith("*") ? action.startsWith(one.slice(0, -1)) : action === one));

/** The call that makes each kind of resource; for what is part of another resource, the call that sets it. */
const MAKING: Readonly<Record<string, string>> = {
  aws_api_gateway_: "apigateway:POST",
  aws_athena_named_query: "athena:CreateNamedQuery",
  aws_athena_workgroup: "athena:CreateWorkGroup",
  aws_budgets_budget: "budgets:ModifyBudget",
  aws_cloudwatch_dashboard: "cloudwatch:PutDashboard",
  aws_cloudwatch_event_archive: "events:CreateArchive",
  aws_cloudwatch_event_bus: "events:CreateEventBus",
  aws_cloudwatch_event_rule: "events:PutRule",
  aws_cloudwatch_event_target: "events:PutTargets",
  aws_cloudwatch_log_stream: "logs:CreateLogStream",
  aws_cloudwatch_log_group: "logs:CreateLogGroup",
  aws_cloudwatch_log_subscription_filter: "logs:PutSubscriptionFilter",
  aws_cloudwatch_metric_alarm: "cloudwatch:PutMetricAlarm",
  aws_codedeploy_app: "codedeploy:CreateApplication",
  aws_codedeploy_deployment_group: "codedeploy:CreateDeploymentGroup",
  aws_cognito_user_pool: "cognito-idp:CreateUserPool",
  aws_cognito_user_pool_client: "cognito-idp:CreateUserPoolClient",
  aws_cognito_user_pool_domain: "cognito-idp:CreateUserPoolDomain",
  aws_default_security_group: "ec2:RevokeSecurityGroupIngress",
  aws_dynamodb_table: "dynamodb:CreateTable",
  aws_eip: "ec2:AllocateAddress",
  aws_flow_log: "ec2:CreateFlowLogs",
  aws_glue_catalog_database: "glue:CreateDatabase",
  aws_glue_catalog_table: "glue:CreateTable",
  aws_iam_role: "iam:CreateRole",
  aws_iam_role_policy: "iam:PutRolePolicy",
  aws_internet_gateway: "ec2:CreateInternetGateway",
  aws_kms_alias: "kms:CreateAlias",
  aws_kms_key: "kms:CreateKey",
  aws_kinesis_firehose_delivery_stream: "firehose:CreateDeliveryStream",
  aws_lambda_alias: "lambda:CreateAlias",
  aws_lambda_event_source_mapping: "lambda:CreateEventSourceMapping",
  aws_lambda_function: "lambda:CreateFunction",
  aws_lambda_function_event_invoke_config: "lambda:PutFunctionEventInvokeConfig",
  aws_lambda_permission: "lambda:AddPermission",
  aws_lambda_provisioned_concurrency_config: "lambda:PutProvisionedConcurrencyConfig",
  aws_nat_gateway: "ec2:CreateNatGateway",
  aws_route: "ec2:CreateRoute",
  aws_route53_record: "route53:ChangeResourceRecordSets",
  aws_route_table: "ec2:CreateRouteTable",
  aws_route_table_association: "ec2:AssociateRouteTable",
  aws_s3_bucket: "s3:CreateBucket",
  aws_s3_bucket_lifecycle_configuration: "s3:PutLifecycleConfiguration",
  aws_s3_bucket_notification: "s3:PutBucketNotification",
  aws_s3_bucket_ownership_controls: "s3:PutBucketOwnershipControls",
  aws_s3_bucket_policy: "s3:PutBucketPolicy",
  aws_s3_bucket_public_access_block: "s3:PutBucketPublicAccessBlock",
  aws_s3_bucket_server_side_encryption_configuration: "s3:PutEncryptionConfiguration",
  aws_s3_bucket_versioning: "s3:PutBucketVersioning",
  aws_scheduler_schedule: "scheduler:CreateSchedule",
  aws_scheduler_schedule_group: "scheduler:CreateScheduleGroup",
  aws_secretsmanager_secret: "secretsmanager:CreateSecret",
  aws_security_group: "ec2:CreateSecurityGroup",
  aws_sns_topic: "sns:CreateTopic",
  aws_sns_topic_policy: "sns:SetTopicAttributes",
  aws_sns_topic_subscription: "sns:Subscribe",
  aws_sqs_queue: "sqs:CreateQueue",
  aws_sqs_queue_policy: "sqs:SetQueueAttributes",
  aws_sqs_queue_redrive_allow_policy: "sqs:SetQueueAttributes",
  aws_subnet: "ec2:CreateSubnet",
  aws_vpc: "ec2:CreateVpc",
  aws_vpc_endpoint: "ec2:CreateVpcEndpoint",
  aws_vpc_security_group_egress_rule: "ec2:AuthorizeSecurityGroupEgress",
  aws_vpc_security_group_ingress_rule: "ec2:AuthorizeSecurityGroupIngress",
  aws_wafv2_web_acl: "wafv2:CreateWebACL",
  aws_wafv2_web_acl_association: "wafv2:AssociateWebACL",
  aws_wafv2_web_acl_logging_configuration: "wafv2:PutLoggingConfiguration",
  aws_xray_sampling_rule: "xray:CreateSamplingRule",
};

const makingOf = (type: string): string | undefined =>
  MAKING[type] ?? Object.entries(MAKING).find(([kind]) => kind.endsWith("_") && type.startsWith(kind))?.[1];

describe("the pipeline's rights", () => {
  it("are looked for in many kinds of resources and actions", () => {
    expect(made.length).toBeGreaterThan(40);
    expect(granted.length).toBeGreaterThan(80);
  });

  it.each(made)("make %s", (type) => {
    const action = makingOf(type);

    expect(action, `say in this test which call makes ${type}, and grant it in ${ROLES}`).toBeDefined();
    expect(isGranted(action ?? ""), `no policy of ${ROLES} grants ${action}`).toBe(true);
  });

  it("hold no action that reads data or makes users", () => {
    const dangerous = [
      "dynamodb:GetItem",
      "dynamodb:Scan",
      "s3:GetObject",
      "sqs:ReceiveMessage",
      "lambda:InvokeFunction",
      "iam:CreateUser",
      "iam:CreateAccessKey",
      "iam:CreatePolicyVersion",
      "iam:DeleteRolePermissionsBoundary",
    ];

    expect(dangerous.filter(isGranted)).toEqual([]);
  });
});
