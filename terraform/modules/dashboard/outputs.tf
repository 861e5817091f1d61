output "name" {
  description = "The dashboard's name."
  value       = aws_cloudwatch_dashboard.environment.dashboard_name
}
