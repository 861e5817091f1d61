data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  # Folders by the keys that the function gives each record; none of them leaves the prefix.
  folders = join("", [for key in var.partition_keys : "${key}=!{partitionKeyFromLambda:${key}}/"])
}

resource "aws_kinesis_firehose_delivery_stream" "stream" {
  name        = var.name
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = var.key_arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.stream.arn
    bucket_arn          = var.bucket_arn
    prefix              = "${var.prefix}${local.folders}"
    error_output_prefix = "${var.error_prefix}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/"
    # With partitions AWS asks for at least 64; an hour of a busy organization has its objects by then.
    buffering_size     = 128
    buffering_interval = var.buffer_seconds
    compression_format = "GZIP"
    kms_key_arn        = var.key_arn

    # Can be enabled only when the stream is made.
    dynamic_partitioning_configuration {
      enabled        = true
      retry_duration = 300
    }

    processing_configuration {
      enabled = true

      processors {
        type = "RecordDeAggregation"

        parameters {
          parameter_name  = "SubRecordType"
          parameter_value = "JSON"
        }
      }

      processors {
        type = "Lambda"

        dynamic "parameters" {
          for_each = {
            LambdaArn       = var.target_arn
            RoleArn         = aws_iam_role.stream.arn
            NumberOfRetries = "3"
            # An answer has 6 MB at the most, and short messages grow several times over.
            BufferSizeInMBs         = "0.5"
            BufferIntervalInSeconds = tostring(var.transform_seconds)
          }

          content {
            parameter_name  = parameters.key
            parameter_value = parameters.value
          }
        }
      }
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.stream.name
      log_stream_name = aws_cloudwatch_log_stream.delivery.name
    }
  }

  # Firehose tries the role when the stream is made.
  depends_on = [aws_iam_role_policy.stream]
}

resource "aws_cloudwatch_log_group" "stream" {
  name              = "/aws/kinesisfirehose/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_cloudwatch_log_stream" "delivery" {
  name           = "delivery"
  log_group_name = aws_cloudwatch_log_group.stream.name
}
