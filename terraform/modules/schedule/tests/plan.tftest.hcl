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
  group_name            = "millrace-dev"
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

  # Scheduler presents the group's ARN: a trust that names the schedule refuses it, and CreateSchedule fails.
  assert {
    condition = { for condition in data.aws_iam_policy_document.trust.statement[0].condition : condition.variable => [condition.test, condition.values] } == {
      "aws:SourceAccount" = ["StringEquals", tolist(["123456789012"])]
      "aws:SourceArn"     = ["StringEquals", tolist(["arn:aws:scheduler:eu-central-1:123456789012:schedule-group/millrace-dev"])]
    }
    error_message = "Scheduler may take the role for this account's group, and for no other."
  }

  assert {
    condition     = aws_scheduler_schedule.schedule.group_name == "millrace-dev"
    error_message = "The schedule is in the group that its role trusts."
  }
}

run "refuses_another_expression" {
  command = plan

  variables {
    expression = "every day"
  }

  expect_failures = [var.expression]
}

run "refuses_the_default_group" {
  command = plan

  variables {
    group_name = "default"
  }

  expect_failures = [var.group_name]
}

run "role_as_the_account_wants_it" {
  command = plan

  variables {
    role_path                = "/millrace/"
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/millrace-boundary"
    role_tags                = { Owner = "operations" }
  }

  assert {
    condition     = [aws_iam_role.schedule.path, aws_iam_role.schedule.permissions_boundary, aws_iam_role.schedule.tags] == ["/millrace/", "arn:aws:iam::123456789012:policy/millrace-boundary", tomap({ Owner = "operations" })]
    error_message = "The role has the path, the boundary and the tags."
  }
}

run "pause_of_rate_5_minutes" {
  command = plan

  variables {
    expression = "rate(5 minutes)"
  }

  assert {
    condition     = output.minutes_between_runs == 5
    error_message = "The longest pause of rate(5 minutes) is 5 minutes."
  }
}

run "pause_of_rate_1_hour" {
  command = plan

  variables {
    expression = "rate(1 hour)"
  }

  assert {
    condition     = output.minutes_between_runs == 60
    error_message = "The longest pause of rate(1 hour) is 60 minutes."
  }
}

run "pause_of_rate_7_days" {
  command = plan

  variables {
    expression = "rate(7 days)"
  }

  assert {
    condition     = output.minutes_between_runs == null
    error_message = "The longest pause of rate(7 days) is null minutes."
  }
}

run "pause_of_cron_0_3" {
  command = plan

  variables {
    expression = "cron(0 3 * * ? *)"
  }

  assert {
    condition     = output.minutes_between_runs == 1440
    error_message = "The longest pause of cron(0 3 * * ? *) is 1440 minutes."
  }
}

run "pause_of_cron_0_15" {
  command = plan

  variables {
    expression = "cron(0/15 * * * ? *)"
  }

  assert {
    condition     = output.minutes_between_runs == 60
    error_message = "The longest pause of cron(0/15 * * * ? *) is 60 minutes."
  }
}

run "pause_of_cron_0_0_6" {
  command = plan

  variables {
    expression = "cron(0 0/6 ? * * *)"
  }

  assert {
    condition     = output.minutes_between_runs == 360
    error_message = "The longest pause of cron(0 0/6 ? * * *) is 360 minutes."
  }
}

run "pause_of_cron_0_8_18" {
  command = plan

  variables {
    expression = "cron(0 8-18 * * ? *)"
  }

  assert {
    condition     = output.minutes_between_runs == 1440
    error_message = "The longest pause of cron(0 8-18 * * ? *) is 1440 minutes."
  }
}

run "pause_of_cron_0_2_mon" {
  command = plan

  variables {
    expression = "cron(0 2 ? * MON *)"
  }

  assert {
    condition     = output.minutes_between_runs == null
    error_message = "The longest pause of cron(0 2 ? * MON *) is null minutes."
  }
}

run "pause_of_cron_0_2_1" {
  command = plan

  variables {
    expression = "cron(0 2 1 * ? *)"
  }

  assert {
    condition     = output.minutes_between_runs == null
    error_message = "The longest pause of cron(0 2 1 * ? *) is null minutes."
  }
}
