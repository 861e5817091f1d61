output "arn" {
  description = "The stream's ARN."
  value       = aws_kinesis_firehose_delivery_stream.stream.arn
}

output "name" {
  description = "The stream's name."
  value       = aws_kinesis_firehose_delivery_stream.stream.name
}
