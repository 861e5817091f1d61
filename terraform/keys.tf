module "data_key" {
  source = "./modules/data-key"

  name   = "${local.prefix}-at-rest"
  region = var.region

  role_arns = local.role_arns
}

locals {
  role_arns = [
    for role in concat(
      [for function in values(local.functions) : function.full_name],
      [for stream in keys(local.streams) : "${local.prefix}-${stream}-stream"],
      [for workgroup in keys(local.workgroups) : "${local.prefix}-${workgroup}-reader"],
      [for schedule in keys(local.schedule_triggers) : "${local.prefix}-${schedule}-schedule"],
    ) : "arn:${local.partition}:iam::${var.account_id}:role${var.role_path}${role}"
  ]
}

module "mac_key" {
  source   = "./modules/mac-key"
  for_each = { for name, key in local.resources.keys : name => key if key.kind == "hmac" }

  name        = "${local.prefix}-${each.key}"
  description = each.value.description
}
