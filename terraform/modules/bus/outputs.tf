output "name" {
  description = "The bus's name."
  value       = aws_cloudwatch_event_bus.bus.name
}

output "rule_arns" {
  description = "ARNs of the rules by name."
  value       = { for name, rule in aws_cloudwatch_event_rule.rule : name => rule.arn }
}
