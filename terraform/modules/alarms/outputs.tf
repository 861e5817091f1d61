output "topic_arn" {
  description = "The topic that alarms go to."
  value       = module.topic.arn
}

output "kinds" {
  description = "Anchors of the runbook's entries that the alarms link to."
  value       = distinct(concat([for alarm in values(var.alarms) : alarm.kind], var.monthly_budget_usd == null ? [] : ["cost-budget"]))
}

output "names" {
  description = "The alarms' full names by their own, known once they exist."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.alarm : name => alarm.alarm_name }
}
