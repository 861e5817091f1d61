mock_provider "aws" {
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
  name                  = "millrace-dev-shop-closing-1"
  region                = "eu-central-1"
  expression            = "cron(0 3 * * ? *)"
  function_name         = "millrace-dev-shop-closing"
  target_arn            = "arn:aws:lambda:eu-central-1:123456789012:function:millrace-dev-shop-closing"
  dead_letter_queue_arn = "arn:aws:sqs:eu-central-1:123456789012:millrace-dev-shop-closing-dead"
}

run "schedule" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.schedule.flexible_time_window[0].mode == "OFF" && aws_scheduler_schedule.schedule.schedule_expression_timezone == "UTC"
    error_message = "It runs when it says, in UTC unless told otherwise."
  }

  assert {
    condition     = aws_scheduler_schedule.schedule.target[0].input == "{\"scheduled-time\":\"<aws.scheduler.scheduled-time>\"}"
    error_message = "The function is told which time this is."
  }

  assert {
    condition     = aws_scheduler_schedule.schedule.target[0].dead_letter_config[0].arn == var.dead_letter_queue_arn && aws_scheduler_schedule.schedule.target[0].retry_policy[0].maximum_retry_attempts == 10
    error_message = "What Lambda did not take is tried again and then kept."
  }

  assert {
    condition = [for statement in data.aws_iam_policy_document.schedule.statement : [statement.actions, statement.resources]] == [
      [toset(["lambda:InvokeFunction"]), toset([var.target_arn])],
      [toset(["sqs:SendMessage"]), toset([var.dead_letter_queue_arn])],
    ]
    error_message = "The role may invoke this function and put on its dead-letter queue, and nothing else."
  }

  assert {
    condition     = toset(flatten([for condition in data.aws_iam_policy_document.trust.statement[0].condition : condition.variable])) == toset(["aws:SourceAccount", "aws:SourceArn"])
    error_message = "Only this schedule may take the role."
  }
}

run "refuses_another_expression" {
  command = plan

  variables {
    expression = "every day"
  }

  expect_failures = [var.expression]
}
