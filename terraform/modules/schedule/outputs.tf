output "arn" {
  description = "The schedule's ARN."
  value       = aws_scheduler_schedule.schedule.arn
}

output "role_name" {
  description = "Name of the schedule's role."
  value       = aws_iam_role.schedule.name
}
