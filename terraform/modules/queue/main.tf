resource "aws_sqs_queue" "queue" {
  count = var.dead_letters_only ? 0 : 1

  name                       = var.name
  visibility_timeout_seconds = var.visibility_seconds
  message_retention_seconds  = 14 * 24 * 60 * 60
  receive_wait_time_seconds  = 20
  max_message_size           = 1048576
  kms_master_key_id          = var.key_arn
  # An hour of a data key: fewer calls to KMS than the default five minutes.
  kms_data_key_reuse_period_seconds = 3600

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.max_receive_count
  })
}

resource "aws_sqs_queue" "dead" {
  name                              = "${var.name}-dead"
  visibility_timeout_seconds        = 30
  message_retention_seconds         = 14 * 24 * 60 * 60
  max_message_size                  = 1048576
  kms_master_key_id                 = var.key_arn
  kms_data_key_reuse_period_seconds = 3600
}

locals {
  queues = merge(
    { dead = { url = aws_sqs_queue.dead.url, arn = aws_sqs_queue.dead.arn } },
    { for q in aws_sqs_queue.queue : "queue" => { url = q.url, arn = q.arn } },
  )
}

data "aws_iam_policy_document" "queue" {
  for_each = toset(var.dead_letters_only ? ["dead"] : ["queue", "dead"])

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [local.queues[each.key].arn]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "dead" ? var.senders : {}

    content {
      actions   = ["sqs:SendMessage"]
      resources = [local.queues[each.key].arn]

      principals {
        type        = "Service"
        identifiers = [statement.key]
      }

      # The source's ARN holds the account; EventBridge is documented to name no more than this.
      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = [statement.value]
      }
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  count = var.fed_from == null ? 0 : 1

  source_policy_documents = [data.aws_iam_policy_document.queue["queue"].json]

  statement {
    sid       = "Notifications"
    actions   = ["sqs:SendMessage"]
    resources = [local.queues["queue"].arn]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [var.fed_from.bucket_arn]
    }

    # A bucket's ARN names no account: another account could take the name once the bucket is gone.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.fed_from.account_id]
    }
  }
}

resource "aws_sqs_queue_policy" "queue" {
  for_each = data.aws_iam_policy_document.queue

  queue_url = local.queues[each.key].url
  policy    = each.key == "queue" && var.fed_from != null ? data.aws_iam_policy_document.bucket[0].json : each.value.json
}

# Only this queue's own messages may be moved to its dead-letter queue.
resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  count = var.dead_letters_only ? 0 : 1

  queue_url = aws_sqs_queue.dead.url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.queue[0].arn]
  })
}
