module "topic" {
  source   = "./modules/topic"
  for_each = local.resources.topics

  name         = "${local.prefix}-${each.key}"
  display_name = each.value.description
  key_arn      = module.data_key.arn
}

resource "aws_sns_topic_subscription" "function" {
  for_each = local.topic_triggers

  topic_arn     = module.topic[each.value.topic].arn
  protocol      = "lambda"
  endpoint      = module.function[each.value.function].target_arn
  filter_policy = each.value.filter

  redrive_policy = jsonencode({
    deadLetterTargetArn = module.dead_letters[each.value.function].dead_arn
  })
}

resource "aws_lambda_permission" "topic" {
  for_each = local.topic_triggers

  statement_id  = "topic-${each.value.topic}"
  action        = "lambda:InvokeFunction"
  function_name = module.function[each.value.function].name
  qualifier     = module.function[each.value.function].qualifier
  principal     = "sns.amazonaws.com"
  source_arn    = module.topic[each.value.topic].arn
}
