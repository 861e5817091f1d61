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
    events-throttles = {
      kind       = "table-throttles"
      advice     = "Look for a hot partition key."
      namespace  = "AWS/DynamoDB"
      metric     = "ReadThrottleEvents"
      also       = ["WriteThrottleEvents"]
      dimensions = { TableName = "millrace-prd-events" }
      statistic  = "Sum"
      threshold  = 1
    }
    unreadable = {
      kind      = "events-unreadable"
      advice    = "Verify the chains."
      namespace = "millrace-prd"
      metric    = "EventsUnreadable"
      across    = "service"
      statistic = "Sum"
      threshold = 1
    }
    anchor-missed = {
      kind       = "schedule-missed"
      advice     = "Run it by hand."
      namespace  = "AWS/Lambda"
      metric     = "Invocations"
      dimensions = { FunctionName = "millrace-prd-anchor" }
      statistic  = "Sum"
      threshold  = 1
      comparison = "LessThanThreshold"
      period     = 3600
      periods    = 26
      missing    = "breaching"
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

run "no_data" {
  command = plan

  assert {
    condition     = { for name, alarm in aws_cloudwatch_metric_alarm.alarm : name => alarm.treat_missing_data } == { anchor-missed = "breaching", events-throttles = "notBreaching", records-dead-letters = "notBreaching", unreadable = "notBreaching" }
    error_message = "No data is a fault where it is said so, and nowhere else."
  }
}

run "sum_of_metrics" {
  command = plan

  assert {
    condition = toset([
      for query in aws_cloudwatch_metric_alarm.alarm["events-throttles"].metric_query : "${query.id}: ${query.expression == null ? "${query.metric[0].stat} of ${query.metric[0].metric_name} of ${query.metric[0].dimensions.TableName}" : query.expression}"
      ]) == toset([
      "m0: Sum of ReadThrottleEvents of millrace-prd-events",
      "m1: Sum of WriteThrottleEvents of millrace-prd-events",
      "sum: FILL(m0, 0) + FILL(m1, 0)",
    ])
    error_message = "One alarm watches the sum; a metric without data counts as nothing."
  }

  assert {
    condition     = [for query in aws_cloudwatch_metric_alarm.alarm["events-throttles"].metric_query : query.id if query.return_data == true] == ["sum"] && aws_cloudwatch_metric_alarm.alarm["events-throttles"].metric_name == null
    error_message = "The alarm looks at the sum alone."
  }
}

run "across_a_dimension" {
  command = plan

  assert {
    condition = [
      for query in aws_cloudwatch_metric_alarm.alarm["unreadable"].metric_query : [query.expression, query.period, query.return_data]
    ] == [["SELECT SUM(EventsUnreadable) FROM SCHEMA(\"millrace-prd\", service)", 60, true]] && aws_cloudwatch_metric_alarm.alarm["unreadable"].metric_name == null
    error_message = "One alarm watches a metric whichever function counts it."
  }
}

run "refuses_dimensions_across_one" {
  command = plan

  variables {
    alarms = {
      x = { kind = "x", advice = "Look for it.", namespace = "x", metric = "m", across = "service", dimensions = { service = "x" }, statistic = "Sum", threshold = 1 }
    }
  }

  expect_failures = [var.alarms]
}

run "refuses_to_look_back_too_far" {
  command = plan

  variables {
    alarms = {
      x = { kind = "x", advice = "Look for it.", namespace = "AWS/Lambda", metric = "Invocations", dimensions = {}, statistic = "Sum", threshold = 1, period = 3600, periods = 169 }
    }
  }

  expect_failures = [var.alarms]
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
