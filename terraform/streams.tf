# Delivery streams: each declared name has as many as its setting says, `logs`, `logs-1`, …, because one stream has a
# limited number of folders open at once.
locals {
  stream_functions = { for trigger in local.triggers : trigger.stream => trigger.function if trigger.type == "delivery-stream" }

  streams = merge([
    for stream, declared in local.resources.streams : {
      for number in range(tonumber(local.settings[declared.countSetting])) : (number == 0 ? stream : "${stream}-${number}") => merge(declared, {
        stream = stream
        # A stream gets what is meant for it; the first also what is meant for none that there is.
        filter = tonumber(local.settings[declared.countSetting]) == 1 ? null : number > 0 ? jsonencode({ stream = [tostring(number)] }) : jsonencode({
          "$or" = [
            { stream = [{ exists = false }] },
            { stream = [{ anything-but = [for other in range(1, tonumber(local.settings[declared.countSetting])) : tostring(other)] }] },
          ]
        })
      })
    }
  ]...)
}

module "stream" {
  source   = "./modules/delivery-stream"
  for_each = local.streams

  name                  = "${local.prefix}-${each.key}"
  region                = var.region
  topic_arn             = module.topic[each.value.topic].arn
  filter_policy         = each.value.filter
  dead_letter_queue_arn = module.queue[each.value.undelivered].dead_arn
  target_arn            = local.target_arns[local.stream_functions[each.value.stream]]
  bucket_arn            = module.bucket[each.value.bucket].arn
  prefix                = each.value.prefix
  error_prefix          = each.value.errorPrefix
  partition_keys        = each.value.partitionKeys
  buffer_seconds        = each.value.bufferSeconds
  transform_seconds     = each.value.transformSeconds
  log_retention_days    = var.log_retention_days
  key_arn               = module.data_key.arn

  role_path                = var.role_path
  permissions_boundary_arn = var.permissions_boundary_arn
  role_tags                = var.role_tags
}

locals {
  stream_alarms = merge(
    {
      for stream in keys(local.streams) : "${stream}-freshness" => {
        kind       = "stream-freshness"
        advice     = "The oldest record of the stream ${stream} has waited over 15 minutes: see whether its function fails or S3 refuses; look into the stream's log group."
        namespace  = "AWS/Firehose"
        metric     = "DeliveryToS3.DataFreshness"
        dimensions = { DeliveryStreamName = "${local.prefix}-${stream}" }
        statistic  = "Maximum"
        threshold  = 900
        comparison = "GreaterThanThreshold"
        period     = 300
      }
    },
    {
      for stream in keys(local.streams) : "${stream}-partitions" => {
        kind       = "stream-partitions"
        advice     = "The stream ${stream} has over 400 folders open, and gives up records beyond 500: raise log_streams, or ask AWS for more."
        namespace  = "AWS/Firehose"
        metric     = "PartitionCount"
        dimensions = { DeliveryStreamName = "${local.prefix}-${stream}" }
        statistic  = "Maximum"
        threshold  = 400
        comparison = "GreaterThanThreshold"
        period     = 300
      }
    },
  )
}
