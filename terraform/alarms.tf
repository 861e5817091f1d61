module "alarms" {
  source = "./modules/alarms"
  count  = var.alarms ? 1 : 0

  prefix             = local.prefix
  alarms             = merge(local.function_alarms, local.changes_alarms, local.schedule_alarms, local.queue_alarms, local.table_alarms, local.stream_alarms, local.api_alarms, local.import_alarms)
  emails             = var.alarm_emails
  monthly_budget_usd = var.monthly_budget_usd
  key_arn            = module.data_key.arn
}

# Each kind is an entry of docs/runbook.md; tests/manifests.tftest.hcl looks for it there. An alarm is worth a mail, so
# there is none for what another alarm reports already, nor for what mends itself.
locals {
  queue_alarms = merge(
    {
      for queue, seconds in local.queue_ages : "${queue}-age" => {
        kind       = "queue-age"
        advice     = "Messages wait on ${queue} for more than ${seconds} s: see whether its consumer fails, is throttled or is too slow."
        namespace  = "AWS/SQS"
        metric     = "ApproximateAgeOfOldestMessage"
        dimensions = { QueueName = "${local.prefix}-${queue}" }
        statistic  = "Maximum"
        threshold  = seconds
        comparison = "GreaterThanThreshold"
        periods    = 3
      }
    },
    {
      for queue in local.declared.queues : "${queue}-letters" => {
        kind       = "dead-letters"
        advice     = "${queue} holds messages: read the attributes code and reason of one, mend the cause, move them back."
        namespace  = "AWS/SQS"
        metric     = "ApproximateNumberOfMessagesVisible"
        dimensions = { QueueName = "${local.prefix}-${queue}" }
        statistic  = "Maximum"
        threshold  = 0
        comparison = "GreaterThanThreshold"
      } if endswith(queue, "-dead")
    },
  )

  # A message that is worked on counts as waiting, and so does one whose worker was killed: until it is seen again and
  # worked on once more. A queue without a consumer has no age to watch.
  queue_ages = {
    for queue, timeouts in local.consumer_timeouts : queue => max(var.queue_age_seconds, local.queue_visibility[queue] + max(timeouts...)) if length(timeouts) > 0
  }

  table_alarms = {
    for table in keys(local.resources.tables) : "${table}-throttles" => {
      kind       = "table-throttles"
      advice     = "DynamoDB refused calls on ${table}: look for a hot partition key or a sudden load."
      namespace  = "AWS/DynamoDB"
      metric     = "ReadThrottleEvents"
      also       = ["WriteThrottleEvents"]
      dimensions = { TableName = "${local.prefix}-${table}" }
      statistic  = "Sum"
      threshold  = 1
    }
  }

  api_alarms = merge(
    {
      api-5xx = {
        kind       = "api-5xx"
        advice     = "The API answered with a 5xx: find the route and the request id in the access log, then the function's lines."
        namespace  = "AWS/ApiGateway"
        metric     = "5XXError"
        dimensions = { ApiName = local.prefix, Stage = module.api.stage }
        statistic  = "Sum"
        threshold  = 1
      }
    },
    {
      for domain in var.domain[*] : "certificate-expiry" => {
        kind       = "certificate-expiry"
        advice     = "The certificate of ${domain.name} ends within 30 days: see why ACM has not renewed it."
        namespace  = "AWS/CertificateManager"
        metric     = "DaysToExpiry"
        dimensions = { CertificateArn = domain.certificate_arn }
        statistic  = "Minimum"
        threshold  = 30
        comparison = "LessThanOrEqualToThreshold"
        period     = 86400
      }
    },
  )
}
