# The configuration of what holds data, and of the keys that encrypt it; the data itself is not readable.
data "aws_iam_policy_document" "data" {
  statement {
    sid = "Tables"
    actions = [
      "dynamodb:CreateTable",
      "dynamodb:DeleteTable",
      "dynamodb:TagResource",
      "dynamodb:UntagResource",
      "dynamodb:UpdateContinuousBackups",
      "dynamodb:UpdateContributorInsights",
      "dynamodb:UpdateTable",
      "dynamodb:UpdateTimeToLive",
    ]
    resources = ["${local.at.dynamodb}:table/${local.prefix}-*"]
  }

  statement {
    sid       = "Queues"
    actions   = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"]
    resources = ["${local.at.sqs}:${local.prefix}-*"]
  }

  statement {
    sid = "Streams"
    actions = [
      "firehose:CreateDeliveryStream",
      "firehose:DeleteDeliveryStream",
      "firehose:StartDeliveryStreamEncryption",
      "firehose:StopDeliveryStreamEncryption",
      "firehose:TagDeliveryStream",
      "firehose:UntagDeliveryStream",
      "firehose:UpdateDestination",
    ]
    resources = ["arn:${local.partition}:firehose:${var.region}:${local.account_id}:deliverystream/${local.prefix}-*"]
  }

  statement {
    sid = "Topics"
    actions = [
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:SetSubscriptionAttributes",
      "sns:SetTopicAttributes",
      "sns:Subscribe",
      "sns:TagResource",
      "sns:Unsubscribe",
      "sns:UntagResource",
    ]
    resources = ["${local.at.sns}:${local.prefix}-*"]
  }

  statement {
    sid = "Buckets"
    actions = [
      "s3:CreateBucket",
      "s3:DeleteBucket*",
      "s3:PutAccelerateConfiguration",
      "s3:PutBucket*",
      "s3:PutEncryptionConfiguration",
      "s3:PutLifecycleConfiguration",
    ]
    resources = [local.bucket]
  }

  statement {
    sid = "Buses"
    actions = [
      "events:Create*",
      "events:Delete*",
      "events:DisableRule",
      "events:EnableRule",
      "events:PutRule",
      "events:PutTargets",
      "events:RemoveTargets",
      "events:TagResource",
      "events:UntagResource",
      "events:Update*",
    ]
    resources = [for kind in ["archive", "event-bus", "rule"] : "${local.at.events}:${kind}/${local.prefix}-*"]
  }

  # Secrets are made and not read: a person puts their values there.
  statement {
    sid = "Secrets"
    actions = [
      "secretsmanager:CreateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:TagResource",
      "secretsmanager:UntagResource",
      "secretsmanager:UpdateSecret",
    ]
    resources = ["${local.at.secretsmanager}:secret:${local.prefix}-*"]
  }

  # A new key is this environment's, and what is not this environment's stays as it is.
  statement {
    sid = "LakeTables"
    actions = [
      "glue:CreateDatabase",
      "glue:CreateTable",
      "glue:DeleteDatabase",
      "glue:DeleteTable",
      "glue:UpdateDatabase",
      "glue:UpdateTable",
    ]
    resources = [
      "arn:${local.partition}:glue:${var.region}:${local.account_id}:catalog",
      "arn:${local.partition}:glue:${var.region}:${local.account_id}:database/${replace(local.prefix, "-", "_")}_*",
      "arn:${local.partition}:glue:${var.region}:${local.account_id}:table/${replace(local.prefix, "-", "_")}_*",
    ]
  }

  statement {
    sid = "Workgroups"
    actions = [
      "athena:CreateNamedQuery",
      "athena:CreateWorkGroup",
      "athena:DeleteNamedQuery",
      "athena:DeleteWorkGroup",
      "athena:TagResource",
      "athena:UntagResource",
      "athena:UpdateNamedQuery",
      "athena:UpdateWorkGroup",
    ]
    resources = ["arn:${local.partition}:athena:${var.region}:${local.account_id}:workgroup/${local.prefix}-*"]
  }

  statement {
    sid       = "NewKeys"
    actions   = ["kms:CreateKey", "kms:TagResource"]
    resources = ["*"] # A key's id is known only after it is made.

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/Environment"
      values   = [var.environment]
    }
  }

  statement {
    sid = "Keys"
    actions = [
      "kms:CancelKeyDeletion",
      "kms:DisableKeyRotation",
      "kms:EnableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:UpdateKeyDescription",
    ]
    resources = ["${local.at.kms}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }
  }

  # DynamoDB and Lambda keep a grant each for as long as they use the key.
  statement {
    sid       = "GrantsForServices"
    actions   = ["kms:CreateGrant", "kms:RevokeGrant"]
    resources = ["${local.at.kms}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }

  statement {
    sid       = "Aliases"
    actions   = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
    resources = ["${local.at.kms}:alias/${local.prefix}-*"]
  }

  # A service that is set to encrypt with a key uses the key in its caller's name.
  statement {
    sid       = "KeysThroughServices"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["${local.at.kms}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [for service in ["dynamodb", "events", "lambda", "scheduler"] : "${service}.${var.region}.amazonaws.com"]
    }
  }
}
