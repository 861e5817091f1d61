module "bus" {
  source   = "./modules/bus"
  for_each = local.resources.buses

  name         = "${local.prefix}-${each.key}"
  description  = each.value.description
  archive_days = lookup(each.value, "archiveDays", null)
  key_arn      = module.data_key.arn

  # Triggers name no bus: there is one, `bus`.
  rules = {
    for name, trigger in local.bus_triggers : "${local.prefix}-${name}" => {
      pattern               = trigger.pattern
      target_arn            = module.function[trigger.function].target_arn
      dead_letter_queue_arn = module.dead_letters[trigger.function].dead_arn
    } if each.key == "bus"
  }
}

resource "aws_lambda_permission" "bus" {
  for_each = local.bus_triggers

  statement_id  = "bus-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = module.function[each.value.function].name
  qualifier     = module.function[each.value.function].qualifier
  principal     = "events.amazonaws.com"
  source_arn    = module.bus["bus"].rule_arns["${local.prefix}-${each.key}"]
}
