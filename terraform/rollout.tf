# An apply publishes versions; a deployment of these groups moves the aliases to them.
module "rollout" {
  source = "./modules/rollout"

  name   = local.prefix
  region = var.region
  shift  = coalesce(var.rollout, var.alarms ? "CodeDeployDefault.LambdaCanary10Percent5Minutes" : "CodeDeployDefault.LambdaAllAtOnce")

  functions = {
    for name, function in local.functions : name => {
      name = module.function[name].name
      # The authorizer's errors are bad tokens; its own alarm counts faults alone.
      alarms = [for names in module.alarms[*].names : names["${name}-${contains(local.authorizers, name) ? "fault" : "errors"}"]]
    }
  }

  role_path                = var.role_path
  permissions_boundary_arn = var.permissions_boundary_arn
  role_tags                = var.role_tags
}
