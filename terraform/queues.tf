module "queue" {
  source   = "./modules/queue"
  for_each = local.resources.queues

  name              = "${local.prefix}-${each.key}"
  max_receive_count = lookup(each.value, "maxReceiveCount", 10)
  key_arn           = module.data_key.arn

  visibility_seconds = local.queue_visibility[each.key]

  # By convention, and not from the bucket's module: the bucket's notification waits for the queue's policy.
  fed_from = one([
    for from in lookup(each.value, "from", null)[*] : {
      bucket_arn = "arn:${local.partition}:s3:::${local.prefix}-${from.bucket}-${var.account_id}"
      account_id = var.account_id
    }
  ])

  # What the topic could not put on a stream.
  senders = {
    for stream in local.resources.streams : "sns.amazonaws.com" => "${local.at.sns}:${local.prefix}-${stream.topic}" if stream.undelivered == each.key
  }
}

locals {
  consumer_timeouts = {
    for queue in keys(local.resources.queues) : queue => [for trigger in local.queue_triggers : local.functions[trigger.function].timeout if trigger.queue == queue]
  }

  # What resources.json says, or six times the longest consumer's time-out; SQS's own 30 seconds where there is no
  # consumer.
  queue_visibility = {
    for queue, timeouts in local.consumer_timeouts : queue => coalesce(
      lookup(local.resources.queues[queue], "visibilitySeconds", null),
      length(timeouts) == 0 ? 30 : 6 * max(concat(timeouts, [0])...),
    )
  }
}

# Asynchronous invocations that failed for good.
module "dead_letters" {
  source   = "./modules/queue"
  for_each = { for name, function in local.functions : name => function if function.dead_letters }

  name              = each.value.full_name
  dead_letters_only = true
  key_arn           = module.data_key.arn

  # SNS and EventBridge put events there that they could not deliver to Lambda; Lambda itself uses the function's role.
  senders = {
    for service, source in {
      "events.amazonaws.com" = { functions = values(local.bus_triggers)[*].function, arn = "${local.at.events}:rule/${local.prefix}-bus/*" }
      "sns.amazonaws.com"    = { functions = values(local.topic_triggers)[*].function, arn = "${local.at.sns}:${local.prefix}-*" }
    } : service => source.arn if contains(source.functions, each.key)
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  for_each = local.queue_triggers

  event_source_arn                   = module.queue[each.value.queue].arn
  function_name                      = module.function[each.value.function].target_arn
  batch_size                         = each.value.batch_size
  maximum_batching_window_in_seconds = each.value.window
  # Without it SQS deletes what the function reported as failed.
  function_response_types = ["ReportBatchItemFailures"]

  dynamic "scaling_config" {
    for_each = each.value.maximum_concurrency[*]

    content {
      maximum_concurrency = scaling_config.value
    }
  }
}
