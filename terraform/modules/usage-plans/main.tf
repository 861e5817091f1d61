locals {
  # No organization's id starts with a hyphen, so this key belongs to no organization.
  plans = merge(var.organizations, { "-default" = var.default_plan })
}

resource "aws_api_gateway_usage_plan" "plan" {
  for_each = local.plans

  name        = "${var.prefix}-organization-${each.key}"
  description = each.key == "-default" ? "Organizations without a plan of their own, together." : "Organization ${each.key}."

  api_stages {
    api_id = var.api_id
    stage  = var.stage
  }

  throttle_settings {
    rate_limit  = each.value.rate_per_second
    burst_limit = each.value.burst
  }

  quota_settings {
    limit  = each.value.quota_per_day
    period = "DAY"
  }
}

# No secret: the gateway takes the key from the authorizer alone, which makes its value by this convention.
resource "aws_api_gateway_api_key" "plan" {
  for_each = local.plans

  name        = "${var.prefix}-organization-${each.key}"
  description = "Named by the authorizer; of no use to a caller."
  value       = "${var.prefix}-organization-${each.key}"
}

resource "aws_api_gateway_usage_plan_key" "plan" {
  for_each = local.plans

  key_id        = aws_api_gateway_api_key.plan[each.key].id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.plan[each.key].id
}
