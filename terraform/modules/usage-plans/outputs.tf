output "plans" {
  description = "Names of the plans."
  value       = [for plan in aws_api_gateway_usage_plan.plan : plan.name]
}
