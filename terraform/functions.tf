module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name                    = each.value.full_name
  description             = each.value.description
  package_file            = "${var.build_folder}/${local.packages[each.key].zip}"
  package_hash            = local.packages[each.key].sha256
  timeout_seconds         = each.value.timeout
  memory_mb               = each.value.memory
  environment_variables   = local.environment_variables[each.key]
  statements              = local.statements[each.key]
  reserved_concurrency    = each.value.concurrency.reserved
  provisioned_concurrency = each.value.concurrency.provisioned
  asynchronous            = each.value.asynchronous
  dead_letter_queue_arn   = each.value.dead_letters ? module.dead_letters[each.key].dead_arn : null
  log_retention_days      = var.log_retention_days
  key_arn                 = module.data_key.arn
  network                 = local.networks[each.value.network]

  role_path                = var.role_path
  permissions_boundary_arn = var.permissions_boundary_arn
  role_tags                = var.role_tags
}
