# What a role that the pipeline makes may do at most, whatever its own policy says. The deploying role can make roles
# with this boundary only, so that it cannot give a function, and through the function itself, more rights than these.
data "aws_iam_policy_document" "boundary" {
  statement {
    sid = "OwnThings"
    actions = [
      "dynamodb:*",
      "events:*",
      "firehose:*",
      "lambda:GetAlias",
      "lambda:GetProvisionedConcurrencyConfig",
      "lambda:InvokeFunction",
      "lambda:UpdateAlias",
      "s3:*",
      "scheduler:*",
      "secretsmanager:GetSecretValue",
      "sns:*",
      "sqs:*",
    ]
    resources = [
      "${local.at.dynamodb}:table/${local.prefix}-*",
      "${local.at.events}:event-bus/${local.prefix}-*",
      "arn:${local.partition}:firehose:${var.region}:${local.account_id}:deliverystream/${local.prefix}-*",
      "${local.at.lambda}:function:${local.prefix}-*",
      local.bucket,
      "${local.at.scheduler}:schedule/${local.prefix}/*",
      "${local.at.scheduler}:schedule/${local.prefix}-*",
      "${local.at.secretsmanager}:secret:${local.prefix}-*",
      "${local.at.sns}:${local.prefix}-*",
      "${local.at.sqs}:${local.prefix}-*",
    ]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${local.at.logs}:log-group:*"]
  }

  # X-Ray, a list of alarms and the interfaces that Lambda makes in a network have no names to limit this to.
  statement {
    sid = "WithoutNames"
    actions = [
      "cloudwatch:DescribeAlarms",
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "OwnKeys"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:GenerateMac", "kms:ReEncrypt*", "kms:VerifyMac"]
    resources = ["${local.at.kms}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }
  }

  statement {
    sid       = "OwnApis"
    actions   = ["execute-api:Invoke", "execute-api:ManageConnections"]
    resources = ["arn:${local.partition}:execute-api:${var.region}:${local.account_id}:*"]
  }

  # Athena and Glue for the lake; a query's role is a role of this environment, taken with the organization as its tag.
  statement {
    sid     = "OwnQueries"
    actions = ["athena:*", "glue:Get*", "glue:BatchGet*"]
    resources = [
      "arn:${local.partition}:athena:${var.region}:${local.account_id}:workgroup/${local.prefix}-*",
      "arn:${local.partition}:glue:${var.region}:${local.account_id}:catalog",
      "arn:${local.partition}:glue:${var.region}:${local.account_id}:database/${replace(local.prefix, "-", "_")}_*",
      "arn:${local.partition}:glue:${var.region}:${local.account_id}:table/${replace(local.prefix, "-", "_")}_*",
    ]
  }

  statement {
    sid       = "OwnRoles"
    actions   = ["iam:PassRole", "sts:AssumeRole", "sts:TagSession"]
    resources = [local.roles]
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "millrace-boundary-${var.environment}"
  description = "What a role of ${local.prefix} may do at most."
  policy      = data.aws_iam_policy_document.boundary.json
}
