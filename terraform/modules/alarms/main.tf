module "topic" {
  source = "../topic"

  name         = "${var.prefix}-alarms"
  display_name = "Alarms of ${var.prefix}"
  key_arn      = var.key_arn
  publishers   = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.emails)

  topic_arn = module.topic.arn
  protocol  = "email"
  endpoint  = each.value
}

locals {
  is_plain = { for name, alarm in var.alarms : name => length(alarm.also) == 0 && alarm.across == null }
}

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = var.alarms

  alarm_name        = "${var.prefix}-${each.key}"
  alarm_description = "${each.value.advice} More: docs/runbook.md#${each.value.kind}"

  # One metric, the sum of several, or the sum of one over all values of a dimension.
  namespace   = local.is_plain[each.key] ? each.value.namespace : null
  metric_name = local.is_plain[each.key] ? each.value.metric : null
  dimensions  = local.is_plain[each.key] ? each.value.dimensions : null
  statistic   = local.is_plain[each.key] ? each.value.statistic : null
  period      = local.is_plain[each.key] ? each.value.period : null

  dynamic "metric_query" {
    for_each = length(each.value.also) == 0 ? [] : concat([each.value.metric], each.value.also)

    content {
      id = "m${metric_query.key}"

      metric {
        namespace   = each.value.namespace
        metric_name = metric_query.value
        dimensions  = each.value.dimensions
        stat        = each.value.statistic
        period      = each.value.period
      }
    }
  }

  dynamic "metric_query" {
    for_each = length(each.value.also) == 0 ? [] : [join(" + ", [for i in range(length(each.value.also) + 1) : "FILL(m${i}, 0)"])]

    content {
      id          = "sum"
      label       = join(" + ", concat([each.value.metric], each.value.also))
      expression  = metric_query.value
      return_data = true
    }
  }

  dynamic "metric_query" {
    for_each = each.value.across[*]

    content {
      id          = "all"
      label       = each.value.metric
      expression  = "SELECT SUM(${each.value.metric}) FROM SCHEMA(\"${each.value.namespace}\", ${metric_query.value})"
      period      = each.value.period
      return_data = true
    }
  }

  threshold           = each.value.threshold
  comparison_operator = each.value.comparison
  evaluation_periods  = each.value.periods
  # Missing data means that nothing ran, which is a fault for a schedule and none for most other metrics.
  treat_missing_data = each.value.missing

  alarm_actions = [module.topic.arn]
  ok_actions    = [module.topic.arn]
}

resource "aws_budgets_budget" "cost" {
  count = var.monthly_budget_usd == null ? 0 : 1

  name         = "${var.prefix}-cost"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_unit   = "USD"
  limit_amount = tostring(var.monthly_budget_usd)

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type         = notification.key
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      comparison_operator       = "GREATER_THAN"
      subscriber_sns_topic_arns = [module.topic.arn]
    }
  }
}
