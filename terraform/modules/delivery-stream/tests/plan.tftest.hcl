mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/millrace-dev-logs-stream" }
  }
  mock_resource "aws_kinesis_firehose_delivery_stream" {
    defaults = { arn = "arn:aws:firehose:eu-central-1:123456789012:deliverystream/millrace-dev-logs" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/kinesisfirehose/millrace-dev-logs" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name                  = "millrace-dev-logs"
  region                = "eu-central-1"
  topic_arn             = "arn:aws:sns:eu-central-1:123456789012:millrace-dev-logs"
  dead_letter_queue_arn = "arn:aws:sqs:eu-central-1:123456789012:millrace-dev-logs-rejected-dead"
  target_arn            = "arn:aws:lambda:eu-central-1:123456789012:function:millrace-dev-logs-transformer:live"
  bucket_arn            = "arn:aws:s3:::millrace-dev-lake-123456789012"
  prefix                = "logs/"
  error_prefix          = "errors/"
  partition_keys        = ["organization", "day"]
  buffer_seconds        = 300
  transform_seconds     = 5
  log_retention_days    = 14
  key_arn               = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}

run "stream" {
  assert {
    condition     = aws_kinesis_firehose_delivery_stream.stream.extended_s3_configuration[0].prefix == "logs/organization=!{partitionKeyFromLambda:organization}/day=!{partitionKeyFromLambda:day}/"
    error_message = "Each record lies in the folder of the keys that its function gave it."
  }

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.stream.extended_s3_configuration[0].error_output_prefix == "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/"
    error_message = "What could not be delivered lies apart, by the kind of error."
  }

  assert {
    condition     = [for processor in aws_kinesis_firehose_delivery_stream.stream.extended_s3_configuration[0].processing_configuration[0].processors : processor.type] == ["RecordDeAggregation", "Lambda"]
    error_message = "Glued messages are parted before the function gets them."
  }

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.stream.server_side_encryption[0].key_arn == var.key_arn && aws_kinesis_firehose_delivery_stream.stream.extended_s3_configuration[0].kms_key_arn == var.key_arn && aws_cloudwatch_log_group.stream.kms_key_id == var.key_arn
    error_message = "Everything is encrypted with the customer-managed key."
  }

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.stream.extended_s3_configuration[0].dynamic_partitioning_configuration[0].enabled && aws_kinesis_firehose_delivery_stream.stream.extended_s3_configuration[0].buffering_size >= 64
    error_message = "Partitions are dynamic from the beginning; AWS takes no smaller buffer with them."
  }
}

run "roles" {
  assert {
    condition     = [for statement in data.aws_iam_policy_document.stream.statement : statement.sid] == ["Objects", "Bucket", "Transform", "Errors", "Key"] && data.aws_iam_policy_document.stream.statement[0].resources == toset(["arn:aws:s3:::millrace-dev-lake-123456789012/errors/*", "arn:aws:s3:::millrace-dev-lake-123456789012/logs/*"])
    error_message = "The stream writes its own folders and no other."
  }

  assert {
    condition     = data.aws_iam_policy_document.stream.statement[2].resources == toset([var.target_arn])
    error_message = "The stream may invoke its function alone."
  }

  assert {
    condition     = data.aws_iam_policy_document.topic.statement[0].resources == toset(["arn:aws:firehose:eu-central-1:123456789012:deliverystream/millrace-dev-logs"])
    error_message = "The topic may put on this stream alone."
  }

  assert {
    condition     = alltrue([for service, trust in data.aws_iam_policy_document.trust : one(trust.statement[0].condition).values == tolist(["123456789012"])])
    error_message = "The services take the roles for this account only."
  }
}

run "subscription" {
  assert {
    condition     = aws_sns_topic_subscription.stream.raw_message_delivery && aws_sns_topic_subscription.stream.protocol == "firehose" && jsondecode(aws_sns_topic_subscription.stream.redrive_policy).deadLetterTargetArn == var.dead_letter_queue_arn
    error_message = "The stream gets raw messages, and what cannot be delivered is kept."
  }
}

run "a_prefix_that_is_no_folder" {
  command = plan

  variables {
    prefix = "logs"
  }

  expect_failures = [var.prefix]
}

run "a_buffer_that_aws_refuses" {
  command = plan

  variables {
    buffer_seconds = 30
  }

  expect_failures = [var.buffer_seconds]
}
