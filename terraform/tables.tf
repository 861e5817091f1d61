module "table" {
  source   = "./modules/table"
  for_each = local.resources.tables

  name                = "${local.prefix}-${each.key}"
  partition_key       = each.value.partitionKey
  sort_key            = lookup(each.value, "sortKey", null)
  time_to_live        = lookup(each.value, "timeToLive", null)
  stream              = lookup(each.value, "stream", null)
  recovery_days       = var.recovery_days
  deletion_protection = var.deletion_protection
  key_arn             = module.data_key.arn
  ceiling             = var.table_ceiling
  warm                = lookup(var.table_warmth, each.key, null)

  local_indexes = { for name, index in lookup(each.value, "localIndexes", {}) : name => index.sortKey }

  indexes = {
    for name, index in lookup(each.value, "indexes", {}) : name => { partition_key = index.partitionKey, sort_key = lookup(index, "sortKey", null) }
  }
}

resource "aws_lambda_event_source_mapping" "table" {
  for_each = local.table_triggers

  event_source_arn                   = module.table[each.value.table].stream_arn
  function_name                      = module.function[each.value.function].target_arn
  starting_position                  = "TRIM_HORIZON"
  batch_size                         = each.value.batch_size
  maximum_batching_window_in_seconds = each.value.window
  function_response_types            = ["ReportBatchItemFailures"]

  # Lambda asks for nothing where there is no filter: each record of the stream invokes the function.
  dynamic "filter_criteria" {
    for_each = each.value.filter[*]

    content {
      filter {
        pattern = filter_criteria.value
      }
    }
  }

  # One bad record must not hold up its shard for a day: halve the batch, give up after ten tries, keep the record's
  # place.
  bisect_batch_on_function_error = true
  maximum_retry_attempts         = 10

  destination_config {
    on_failure {
      destination_arn = module.dead_letters[each.value.function].dead_arn
    }
  }
}
