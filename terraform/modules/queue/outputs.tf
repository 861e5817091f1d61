output "arn" {
  description = "The queue's ARN; null where there are dead letters only."
  value       = one(aws_sqs_queue.queue[*].arn)
}

output "dead_arn" {
  description = "The dead-letter queue's ARN."
  value       = aws_sqs_queue.dead.arn
}

output "url" {
  description = "The queue's URL; null where there are dead letters only."
  value       = one(aws_sqs_queue.queue[*].url)
}

output "fed_from" {
  description = "ARN of the bucket that may put notifications on the queue; null if none may."
  value       = var.fed_from == null ? null : var.fed_from.bucket_arn
}
