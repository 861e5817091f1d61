module "dashboard" {
  source = "./modules/dashboard"

  name   = local.prefix
  region = var.region
  api    = { name = local.prefix, stage = module.api.stage }

  services = {
    for service, functions in local.services : service => {
      functions = [for function in functions : local.functions[function].full_name]
      queues    = [for queue in distinct([for grant in local.grants : grant.name if grant.kind == "queues" && contains(functions, grant.function)]) : "${local.prefix}-${queue}"]
      tables    = [for table in distinct([for grant in local.grants : grant.name if grant.kind == "tables" && contains(functions, grant.function)]) : "${local.prefix}-${table}"]
    }
  }
}

locals {
  # A function's name starts with its service's.
  services = { for function in keys(local.manifests) : split("-", function)[0] => function... }
}
