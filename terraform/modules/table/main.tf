locals {
  keys = concat(
    [var.partition_key],
    var.sort_key[*],
    [for index in values(var.indexes) : index.partition_key],
    [for index in values(var.indexes) : index.sort_key if index.sort_key != null],
    values(var.local_indexes),
  )
}

resource "aws_dynamodb_table" "table" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = var.partition_key.name
  range_key    = one(var.sort_key[*].name)

  # An attribute may serve several keys, and may be declared once.
  dynamic "attribute" {
    for_each = { for key in local.keys : key.name => key.type... }

    content {
      name = attribute.key
      type = attribute.value[0]
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes

    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.partition_key.name
      range_key       = one(global_secondary_index.value.sort_key[*].name)
      projection_type = "ALL"

      dynamic "on_demand_throughput" {
        for_each = var.ceiling[*]

        content {
          max_read_request_units  = on_demand_throughput.value.read_units
          max_write_request_units = on_demand_throughput.value.write_units
        }
      }
    }
  }

  dynamic "local_secondary_index" {
    for_each = var.local_indexes

    content {
      name            = local_secondary_index.key
      range_key       = local_secondary_index.value.name
      projection_type = "ALL"
    }
  }

  # A loop in a function or a leaked token ends here, and not in the bill.
  dynamic "on_demand_throughput" {
    for_each = var.ceiling[*]

    content {
      max_read_request_units  = on_demand_throughput.value.read_units
      max_write_request_units = on_demand_throughput.value.write_units
    }
  }

  dynamic "warm_throughput" {
    for_each = var.warm[*]

    content {
      read_units_per_second  = warm_throughput.value.read_units
      write_units_per_second = warm_throughput.value.write_units
    }
  }

  dynamic "ttl" {
    for_each = var.time_to_live[*]

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  stream_enabled   = var.stream != null
  stream_view_type = var.stream

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.key_arn
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.recovery_days
  }

  deletion_protection_enabled = var.deletion_protection
}
