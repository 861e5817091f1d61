# Raw: in an envelope the stream could not part the messages that one publication glues together.
resource "aws_sns_topic_subscription" "stream" {
  topic_arn             = var.topic_arn
  protocol              = "firehose"
  endpoint              = aws_kinesis_firehose_delivery_stream.stream.arn
  subscription_role_arn = aws_iam_role.topic.arn
  raw_message_delivery  = true
  filter_policy         = var.filter_policy

  redrive_policy = jsonencode({
    deadLetterTargetArn = var.dead_letter_queue_arn
  })

  # SNS tries the role when the subscription is made.
  depends_on = [aws_iam_role_policy.topic]
}
