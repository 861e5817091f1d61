module "alarms" {
  source = "./modules/alarms"
  count  = var.alarms ? 1 : 0

  prefix             = local.prefix
  alarms             = merge(local.function_alarms, local.queue_alarms, local.table_alarms, local.api_alarms)
  emails             = var.alarm_emails
  monthly_budget_usd = var.monthly_budget_usd
  key_arn            = module.data_key.arn
}

# Each kind is an entry of docs/runbook.md; tests/root.tftest.hcl looks for it there.
locals {
  function_alarms = merge(
    # A bad token makes the authorizer throw, which AWS counts as an error; its own metric tells faults apart.
    {
      for name, function in local.functions : "${name}-errors" => {
        kind       = "function-errors"
        advice     = "${name} failed: read its log lines of level error and the trace of the request."
        namespace  = "AWS/Lambda"
        metric     = "Errors"
        dimensions = { FunctionName = function.full_name }
        statistic  = "Sum"
        threshold  = 1
      } if !contains(local.authorizers, name)
    },
    {
      for name in local.authorizers : "${name}-fault" => {
        kind       = "authorizer-fault"
        advice     = "${name} cannot check tokens: see whether the issuer's keys can be fetched and the TOKEN_ settings are right."
        namespace  = "Millrace"
        metric     = "AuthorizerFault"
        dimensions = { service = name }
        statistic  = "Sum"
        threshold  = 1
      }
    },
    {
      for name, function in local.functions : "${name}-throttles" => {
        kind       = "function-throttles"
        advice     = "${name} was refused an instance: compare its concurrency with the account's limit."
        namespace  = "AWS/Lambda"
        metric     = "Throttles"
        dimensions = { FunctionName = function.full_name }
        statistic  = "Sum"
        threshold  = 1
      }
    },
    {
      for name, function in local.functions : "${name}-duration" => {
        kind       = "function-duration"
        advice     = "${name} came near its time-out of ${function.timeout} s: find the slow call in its traces."
        namespace  = "AWS/Lambda"
        metric     = "Duration"
        dimensions = { FunctionName = function.full_name }
        statistic  = "Maximum"
        threshold  = function.timeout * 1000 * 0.8
      }
    },
    {
      for name, function in local.functions : "${name}-undelivered" => {
        kind       = "function-undelivered"
        advice     = "Lambda could not put a dead letter of ${name} on its queue: check the role and the queue before more are lost."
        namespace  = "AWS/Lambda"
        metric     = "DestinationDeliveryFailures"
        dimensions = { FunctionName = function.full_name }
        statistic  = "Sum"
        threshold  = 1
      } if function.asynchronous
    },
    {
      for trigger in local.table_triggers : "${trigger.function}-stream-age" => {
        kind       = "stream-age"
        advice     = "${trigger.function} falls behind the stream of ${trigger.table}: look for a record that fails again and again."
        namespace  = "AWS/Lambda"
        metric     = "IteratorAge"
        dimensions = { FunctionName = local.functions[trigger.function].full_name }
        statistic  = "Maximum"
        threshold  = var.queue_age_seconds * 1000
      }
    },
  )

  queue_alarms = merge(
    {
      for queue in keys(local.resources.queues) : "${queue}-age" => {
        kind       = "queue-age"
        advice     = "Messages wait on ${queue}: see whether its consumer fails, is throttled or is too slow."
        namespace  = "AWS/SQS"
        metric     = "ApproximateAgeOfOldestMessage"
        dimensions = { QueueName = "${local.prefix}-${queue}" }
        statistic  = "Maximum"
        threshold  = var.queue_age_seconds
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

  table_alarms = merge([
    for metric in ["ReadThrottleEvents", "WriteThrottleEvents"] : {
      for table in keys(local.resources.tables) : "${table}-${lower(metric)}" => {
        kind       = "table-throttles"
        advice     = "DynamoDB refused calls on ${table}: look for a hot partition key or a sudden load."
        namespace  = "AWS/DynamoDB"
        metric     = metric
        dimensions = { TableName = "${local.prefix}-${table}" }
        statistic  = "Sum"
        threshold  = 1
      }
    }
  ]...)

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
