resource "aws_cloudwatch_event_bus" "bus" {
  name               = var.name
  description        = var.description
  kms_key_identifier = var.key_arn
}

resource "aws_cloudwatch_event_archive" "bus" {
  count = var.archive_days == null ? 0 : 1

  name               = var.name
  description        = "Events of ${var.name}, for replay."
  event_source_arn   = aws_cloudwatch_event_bus.bus.arn
  retention_days     = var.archive_days
  kms_key_identifier = var.key_arn
}

resource "aws_cloudwatch_event_rule" "rule" {
  for_each = var.rules

  name           = each.key
  event_bus_name = aws_cloudwatch_event_bus.bus.name
  event_pattern  = each.value.pattern
}

resource "aws_cloudwatch_event_target" "rule" {
  for_each = var.rules

  rule           = aws_cloudwatch_event_rule.rule[each.key].name
  event_bus_name = aws_cloudwatch_event_bus.bus.name
  arn            = each.value.target_arn

  dead_letter_config {
    arn = each.value.dead_letter_queue_arn
  }
}
