# The configuration of what Terraform manages: no item of a table, no message, no object, no log line, no secret.
data "aws_iam_policy_document" "read" {
  statement {
    sid = "Configuration"
    actions = [
      "acm:DescribeCertificate",
      "budgets:ListTagsForResource",
      "budgets:ViewBudget",
      "cloudwatch:Describe*",
      "cloudwatch:GetDashboard",
      "cloudwatch:ListTagsForResource",
      "codedeploy:Get*",
      "codedeploy:List*",
      "cognito-idp:Describe*",
      "cognito-idp:GetUserPoolMfaConfig",
      "cognito-idp:ListTagsForResource",
      "dynamodb:Describe*",
      "dynamodb:ListTagsOfResource",
      "ec2:Describe*",
      "ec2:GetSecurityGroupsForVpc",
      "events:Describe*",
      "events:List*",
      "iam:Get*",
      "iam:List*",
      "kms:DescribeKey",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:List*",
      "lambda:GetAccountSettings",
      "lambda:GetAlias",
      "lambda:GetEventSourceMapping",
      "lambda:GetFunction*",
      "lambda:GetPolicy",
      "lambda:GetProvisionedConcurrencyConfig",
      "lambda:GetRuntimeManagementConfig",
      "lambda:List*",
      "firehose:DescribeDeliveryStream",
      "firehose:ListTagsForDeliveryStream",
      "logs:Describe*",
      "logs:GetLogDelivery",
      "logs:List*",
      "route53:Get*",
      "route53:List*",
      "s3:GetAccelerateConfiguration",
      "s3:GetBucket*",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetReplicationConfiguration",
      "scheduler:Get*",
      "scheduler:List*",
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetResourcePolicy",
      "sns:Get*",
      "sns:List*",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ListQueueTags",
      "wafv2:Get*",
      "wafv2:List*",
      "xray:GetSamplingRules",
      "xray:ListTagsForResource",
    ]
    resources = ["*"] # Many of these calls list, or use ids that are known only after apply.
  }

  # Terraform checks whether a bucket exists.
  statement {
    sid       = "Buckets"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket]
  }

  statement {
    sid     = "Gateway"
    actions = ["apigateway:GET"]
    resources = [
      for path in ["apikeys", "domainnames", "restapis", "tags", "usageplans"] : "arn:${local.partition}:apigateway:${var.region}::/${path}*"
    ]
  }

  # Without it Lambda answers no environment variables, and each plan would set them again.
  statement {
    sid       = "EnvironmentVariables"
    actions   = ["kms:Decrypt"]
    resources = ["${local.at.kms}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["lambda.${var.region}.amazonaws.com"]
    }
  }
}
