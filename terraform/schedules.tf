module "schedule" {
  source   = "./modules/schedule"
  for_each = local.schedule_triggers

  name                  = "${local.prefix}-${each.key}"
  region                = var.region
  expression            = each.value.expression
  timezone              = each.value.timezone
  function_name         = local.functions[each.value.function].full_name
  target_arn            = module.function[each.value.function].target_arn
  dead_letter_queue_arn = module.dead_letters[each.value.function].dead_arn
}
