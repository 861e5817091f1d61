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

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = var.alarms

  alarm_name        = "${var.prefix}-${each.key}"
  alarm_description = "${each.value.advice} More: docs/runbook.md#${each.value.kind}"

  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  comparison_operator = each.value.comparison
  period              = each.value.period
  evaluation_periods  = each.value.periods
  # No data means that nothing ran, which is no fault.
  treat_missing_data = "notBreaching"

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
