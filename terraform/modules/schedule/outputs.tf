output "arn" {
  description = "The schedule's ARN."
  value       = aws_scheduler_schedule.schedule.arn
}

output "role_name" {
  description = "Name of the schedule's role."
  value       = aws_iam_role.schedule.name
}

output "minutes_between_runs" {
  description = "Minutes from one run to the next at most; null where that is more than CloudWatch can look back with two hours to spare, 166 hours."
  value       = coalesce(local.minutes_between_runs, 166 * 60 + 1) > 166 * 60 ? null : local.minutes_between_runs
}
