module "api" {
  source = "./modules/rest-api"

  name   = local.prefix
  region = var.region

  routes = [
    for route in local.routes : {
      method        = route.method
      path          = route.path
      public        = route.public
      throttle      = one(route.throttle)
      function_name = module.function[route.function].name
      qualifier     = module.function[route.function].qualifier
      target_arn    = local.target_arns[route.function]
    }
  ]

  authorizer = {
    function_name = module.function[one(local.authorizers)].name
    qualifier     = module.function[one(local.authorizers)].qualifier
    target_arn    = local.target_arns[one(local.authorizers)]
  }

  document           = local.gateway_document
  gateway_responses  = local.gateway_responses
  throttle           = local.route_throttle
  traces             = var.traces
  domain             = var.domain
  key_arn            = module.data_key.arn
  log_retention_days = var.log_retention_days
}

locals {
  # By convention, so that the first plan shows the document that API Gateway gets.
  target_arns = {
    for name, function in local.functions : name => "${local.at.lambda}:function:${function.full_name}:live"
  }
}

locals {
  plans = concat(values(var.organizations), [var.default_plan])

  # A route's throttle is shared by all callers: under the sum of their plans one organization could starve the others.
  # A quarter more is for plans that are sold before the next deployment.
  plans_together = {
    rate_per_second = ceil(1.25 * sum(local.plans[*].rate_per_second))
    burst           = ceil(1.25 * sum(local.plans[*].burst))
  }
  route_throttle = var.route_throttle == null ? local.plans_together : var.route_throttle

  # An organization may send its whole plan from one address, and more in a burst.
  largest_plan_per_address = ceil(1.5 * 300 * max(local.plans[*].rate_per_second...))
  requests_per_address     = coalesce(var.waf_requests_per_five_minutes, local.largest_plan_per_address)

  # The firewall knows no request id.
  too_many_requests = {
    type   = "urn:millrace:problem:${replace(lower(local.gateway_responses.THROTTLED.code), "_", "-")}"
    title  = local.gateway_responses.THROTTLED.title
    status = local.gateway_responses.THROTTLED.status
    detail = local.gateway_responses.THROTTLED.detail
    code   = local.gateway_responses.THROTTLED.code
  }
}

module "usage_plans" {
  source = "./modules/usage-plans"

  prefix        = local.prefix
  api_id        = module.api.id
  stage         = module.api.stage
  organizations = var.organizations
  default_plan  = var.default_plan
}

module "waf" {
  source = "./modules/waf"
  count  = var.waf ? 1 : 0

  name                      = local.prefix
  stage_arn                 = module.api.stage_arn
  requests_per_five_minutes = local.requests_per_address
  too_many_requests         = jsonencode(local.too_many_requests)
  key_arn                   = module.data_key.arn
  log_retention_days        = var.log_retention_days
}
