output "name" {
  description = "The table's name."
  value       = aws_dynamodb_table.table.name
}

output "stream_arn" {
  description = "ARN of the stream; empty or null without one."
  value       = aws_dynamodb_table.table.stream_arn
}
