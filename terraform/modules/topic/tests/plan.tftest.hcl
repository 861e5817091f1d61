mock_provider "aws" {
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:123456789012:millrace-dev-logs" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name         = "millrace-dev-logs"
  display_name = "Log messages of all organizations."
  key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}

run "topic" {
  assert {
    condition     = aws_sns_topic.topic.kms_master_key_id == var.key_arn
    error_message = "Messages are encrypted with the customer-managed key."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.topic.statement) == 1 && data.aws_iam_policy_document.topic.statement[0].effect == "Deny"
    error_message = "The topic's policy lets nobody in by itself."
  }
}

run "published_to_by_a_service" {
  variables {
    publishers = ["cloudwatch.amazonaws.com"]
  }

  assert {
    condition     = one(data.aws_iam_policy_document.topic.statement[1].condition).values == tolist(["123456789012"])
    error_message = "A service may publish for this account only."
  }
}
