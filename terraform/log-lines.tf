# Subscriptions of the functions' log groups for the triggers `log-lines`: the line that closes an invocation is handed
# on, and nothing else that stands in a log group.
locals {
  log_lines_triggers = { for trigger in local.triggers : trigger.function => trigger.except if trigger.type == "log-lines" }

  log_lines_subscriptions = merge([
    for function, except in local.log_lines_triggers : {
      for name in keys(local.manifests) : "${function}/${name}" => { function = function, of = name } if !contains(except, name)
    }
  ]...)
}

resource "aws_cloudwatch_log_subscription_filter" "function" {
  for_each = local.log_lines_subscriptions

  name            = "${local.prefix}-${each.value.function}"
  log_group_name  = module.function[each.value.of].log_group_name
  filter_pattern  = "{ $.durationMs >= 0 }"
  destination_arn = local.target_arns[each.value.function]

  # CloudWatch tries the subscription when it is made.
  depends_on = [aws_lambda_permission.log_lines]
}

# One statement for all log groups of the environment, because a function's policy has 20 KB.
resource "aws_lambda_permission" "log_lines" {
  for_each = local.log_lines_triggers

  statement_id   = "log-lines"
  action         = "lambda:InvokeFunction"
  function_name  = module.function[each.key].name
  qualifier      = module.function[each.key].qualifier
  principal      = "logs.amazonaws.com"
  source_arn     = "arn:${local.partition}:logs:${var.region}:${var.account_id}:log-group:/aws/lambda/${local.prefix}-*:*"
  source_account = var.account_id
}
