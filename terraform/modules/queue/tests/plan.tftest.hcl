mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name    = "millrace-dev-records"
  key_arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}

run "queue_with_dead_letters" {
  variables {
    visibility_seconds = 120
  }

  assert {
    condition     = aws_sqs_queue.queue[0].visibility_timeout_seconds == 120
    error_message = "The visibility time-out is the one asked for."
  }

  assert {
    condition     = aws_sqs_queue.dead.name == "millrace-dev-records-dead" && aws_sqs_queue.dead.message_retention_seconds == 1209600
    error_message = "The dead-letter queue is named after its queue and keeps 14 days."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.queue[0].redrive_policy) == { deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 10 }
    error_message = "After ten deliveries a message goes to the dead-letter queue."
  }

  assert {
    condition     = aws_sqs_queue.queue[0].kms_master_key_id == var.key_arn && aws_sqs_queue.dead.kms_master_key_id == var.key_arn
    error_message = "Both queues are encrypted with the customer-managed key."
  }

  assert {
    condition     = alltrue([for d in data.aws_iam_policy_document.queue : d.statement[0].sid == "TlsOnly" && length(d.statement) == 1])
    error_message = "Both queues refuse plain text and grant nobody anything."
  }
}

run "dead_letters_of_a_function" {
  command = plan

  variables {
    name              = "millrace-dev-events-relay"
    dead_letters_only = true
    senders           = { "sns.amazonaws.com" = "arn:aws:sns:eu-central-1:123456789012:millrace-dev-*" }
  }

  assert {
    condition     = length(aws_sqs_queue.queue) == 0 && aws_sqs_queue.dead.name == "millrace-dev-events-relay-dead"
    error_message = "There is the dead-letter queue alone."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.queue["dead"].statement[1].condition) == { test = "ArnLike", variable = "aws:SourceArn", values = tolist(["arn:aws:sns:eu-central-1:123456789012:millrace-dev-*"]) }
    error_message = "A service may send for what is named only."
  }
}

run "fed_from_a_bucket" {
  command = plan

  variables {
    fed_from = { bucket_arn = "arn:aws:s3:::millrace-dev-delivery-123456789012", account_id = "123456789012" }
  }

  assert {
    condition = [for c in data.aws_iam_policy_document.bucket[0].statement[0].condition : [c.variable, one(c.values)]] == [
      ["aws:SourceArn", "arn:aws:s3:::millrace-dev-delivery-123456789012"],
      ["aws:SourceAccount", "123456789012"],
    ]
    error_message = "S3 may send for that bucket of that account only."
  }
}

run "refuses_a_feeder_that_is_no_bucket" {
  command = plan

  variables {
    fed_from = { bucket_arn = "arn:aws:sns:eu-central-1:123456789012:notices", account_id = "123456789012" }
  }

  expect_failures = [var.fed_from]
}

run "refuses_too_few_deliveries" {
  command = plan

  variables {
    max_receive_count = 3
  }

  expect_failures = [var.max_receive_count]
}
