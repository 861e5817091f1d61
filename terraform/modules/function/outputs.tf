output "name" {
  description = "The function's name, known once it exists: what needs the function depends on it."
  value       = aws_lambda_function.function.function_name
}

output "qualifier" {
  description = "The alias to invoke, known once it exists."
  value       = aws_lambda_alias.live.name
}

output "target_arn" {
  description = "What a trigger invokes: the alias."
  value       = aws_lambda_alias.live.arn
}

output "version" {
  description = "The version that was published last, to which a roll-out moves the alias."
  value       = aws_lambda_function.function.version
}

output "role_name" {
  description = "Name of the function's role."
  value       = aws_iam_role.function.name
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.function.name
}
