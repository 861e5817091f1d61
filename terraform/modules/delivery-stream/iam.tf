locals {
  # What each role is for, by the service that takes it.
  roles = {
    firehose = "Lets the stream ${var.name} transform and deliver its records."
    sns      = "Lets the topic put its messages on the stream ${var.name}."
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_iam_role" "stream" {
  name               = "${var.name}-stream"
  description        = local.roles.firehose
  assume_role_policy = data.aws_iam_policy_document.trust["firehose"].json

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.role_tags
}

data "aws_iam_policy_document" "stream" {
  statement {
    sid       = "Objects"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${var.bucket_arn}/${var.prefix}*", "${var.bucket_arn}/${var.error_prefix}*"]
  }

  statement {
    sid       = "Bucket"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [var.bucket_arn]
  }

  statement {
    sid       = "Transform"
    actions   = ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"]
    resources = [var.target_arn]
  }

  statement {
    sid       = "Errors"
    actions   = ["logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.stream.arn}:log-stream:*"]
  }

  # The key's own policy says for what: objects of the bucket, through S3.
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.key_arn]
  }
}

resource "aws_iam_role_policy" "stream" {
  name   = "deliver"
  role   = aws_iam_role.stream.name
  policy = data.aws_iam_policy_document.stream.json
}

resource "aws_iam_role" "topic" {
  name               = "${var.name}-topic"
  description        = local.roles.sns
  assume_role_policy = data.aws_iam_policy_document.trust["sns"].json

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.role_tags
}

data "aws_iam_policy_document" "topic" {
  statement {
    actions = [
      "firehose:DescribeDeliveryStream",
      "firehose:ListDeliveryStreams",
      "firehose:ListTagsForDeliveryStream",
      "firehose:PutRecord",
      "firehose:PutRecordBatch",
    ]
    resources = [local.arn]
  }
}

resource "aws_iam_role_policy" "topic" {
  name   = "put"
  role   = aws_iam_role.topic.name
  policy = data.aws_iam_policy_document.topic.json
}

locals {
  # By convention, so that the role can be made before the stream.
  arn = "arn:${data.aws_partition.current.partition}:firehose:${var.region}:${data.aws_caller_identity.current.account_id}:deliverystream/${var.name}"
}
