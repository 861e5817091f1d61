mock_provider "aws" {
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:123456789012:millrace-prd-alarms" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  prefix             = "millrace-prd"
  emails             = ["operations@example.org"]
  monthly_budget_usd = 500
  key_arn            = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  alarms = {
    records-dead-letters = {
      kind       = "dead-letters"
      advice     = "Read a message, mend the cause, move the messages back."
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = "millrace-prd-records-dead" }
      statistic  = "Maximum"
      threshold  = 1
    }
  }
}

run "alarms" {
  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["records-dead-letters"].alarm_name == "millrace-prd-records-dead-letters"
    error_message = "An alarm is named after the environment and what it watches."
  }

  assert {
    condition     = endswith(aws_cloudwatch_metric_alarm.alarm["records-dead-letters"].alarm_description, "docs/runbook.md#dead-letters")
    error_message = "An alarm says where to read more."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.alarm["records-dead-letters"].alarm_actions == toset([module.topic.arn]) && aws_sns_topic_subscription.email["operations@example.org"].topic_arn == module.topic.arn
    error_message = "Alarms reach people."
  }

  assert {
    condition     = aws_budgets_budget.cost[0].limit_amount == "500" && contains(output.kinds, "cost-budget")
    error_message = "Costs are watched."
  }
}

run "refuses_alarms_without_advice" {
  command = plan

  variables {
    alarms = {
      x = { kind = "x", advice = "", namespace = "AWS/SQS", metric = "m", dimensions = {}, statistic = "Sum", threshold = 1 }
    }
  }

  expect_failures = [var.alarms]
}

run "refuses_what_is_no_address" {
  command = plan

  variables {
    emails = ["operations"]
  }

  expect_failures = [var.emails]
}
