module "dashboard" {
  source   = "./modules/dashboard"
  for_each = local.services

  name      = "${local.prefix}-${each.key}"
  region    = var.region
  functions = [for function in each.value : local.functions[function].full_name]
  queues    = [for queue in distinct([for grant in local.grants : grant.name if grant.kind == "queues" && contains(each.value, grant.function)]) : "${local.prefix}-${queue}"]
  tables    = [for table in distinct([for grant in local.grants : grant.name if grant.kind == "tables" && contains(each.value, grant.function)]) : "${local.prefix}-${table}"]

  # The API belongs to the service that guards it.
  api = contains(each.value, one(local.authorizers)) ? { name = local.prefix, stage = module.api.stage } : null
}

locals {
  # A function's name starts with its service's.
  services = { for function in keys(local.manifests) : split("-", function)[0] => function... }
}
