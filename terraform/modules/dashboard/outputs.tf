output "name" {
  description = "The dashboard's name."
  value       = aws_cloudwatch_dashboard.service.dashboard_name
}
