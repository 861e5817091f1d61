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
  throttle           = var.route_throttle
  domain             = var.domain
  key_arn            = module.data_key.arn
  log_retention_days = var.log_retention_days
}

locals {
  # By convention, so that the first plan shows the document that API Gateway gets.
  target_arns = {
    for name, function in local.functions : name => "${local.at.lambda}:function:${function.full_name}${function.concurrency.provisioned == null ? "" : ":live"}"
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
  requests_per_five_minutes = var.waf_requests_per_five_minutes
  key_arn                   = module.data_key.arn
  log_retention_days        = var.log_retention_days
}
