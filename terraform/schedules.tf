# One group per environment. A schedule's role trusts it, and Scheduler's metrics are by group.
resource "aws_scheduler_schedule_group" "schedules" {
  name = local.prefix
}

module "schedule" {
  source   = "./modules/schedule"
  for_each = local.schedule_triggers

  name                  = "${local.prefix}-${each.key}"
  group_name            = aws_scheduler_schedule_group.schedules.name
  region                = var.region
  expression            = each.value.expression
  timezone              = each.value.timezone
  function_name         = local.functions[each.value.function].full_name
  target_arn            = module.function[each.value.function].target_arn
  dead_letter_queue_arn = module.dead_letters[each.value.function].dead_arn

  role_path                = var.role_path
  permissions_boundary_arn = var.permissions_boundary_arn
  role_tags                = var.role_tags
}
