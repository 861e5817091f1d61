data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  # By convention, so that the trust can be read in the first plan.
  group_arn = "arn:${data.aws_partition.current.partition}:scheduler:${var.region}:${data.aws_caller_identity.current.account_id}:schedule-group/${var.group_name}"

  fields = split(" ", try(regex("^cron\\((.+)\\)$", var.expression)[0], ""))
  # Only a schedule that runs on every day of every year can be recognized as late.
  daily = length(local.fields) == 6 && alltrue([for field in slice(concat(local.fields, ["", "", "", "", "", ""]), 2, 6) : contains(["*", "?"], field)])
  hours = try(local.fields[1], "")

  minutes_between_runs = (
    startswith(var.expression, "rate(") ? tonumber(regex("[0-9]+", var.expression)) * { minute = 1, hour = 60, day = 1440 }[regex("minute|hour|day", var.expression)] :
    !local.daily ? null :
    local.hours == "*" ? 60 :
    can(regex("^(\\*|0)/[0-9]+$", local.hours)) ? 60 * tonumber(split("/", local.hours)[1]) :
    1440
  )
}

resource "aws_scheduler_schedule" "schedule" {
  name        = var.name
  group_name  = var.group_name
  description = "Runs ${var.function_name}."

  schedule_expression          = var.expression
  schedule_expression_timezone = var.timezone

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = var.target_arn
    role_arn = aws_iam_role.schedule.arn
    # As text: jsonencode would write < and > as escapes, which Scheduler does not know for a placeholder.
    input = "{\"scheduled-time\":\"<aws.scheduler.scheduled-time>\"}"

    # Lambda accepts the event at once and retries it itself; these retries are for when Lambda cannot be reached.
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 10
    }

    dead_letter_config {
      arn = var.dead_letter_queue_arn
    }
  }

  # Scheduler tries the role when the schedule is made.
  depends_on = [aws_iam_role_policy.schedule]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    # Scheduler assumes a role in the name of the schedule's group, not of the schedule.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.group_arn]
    }
  }
}

resource "aws_iam_role" "schedule" {
  name               = "${var.name}-schedule"
  description        = "Lets the schedule ${var.name} run its function."
  assume_role_policy = data.aws_iam_policy_document.trust.json

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.role_tags
}

data "aws_iam_policy_document" "schedule" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [var.target_arn]
  }

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [var.dead_letter_queue_arn]
  }
}

resource "aws_iam_role_policy" "schedule" {
  name   = "invoke"
  role   = aws_iam_role.schedule.name
  policy = data.aws_iam_policy_document.schedule.json
}
