mock_provider "aws" {}

variables {
  name                = "millrace-dev-records"
  partition_key       = { name = "owner", type = "S" }
  sort_key            = { name = "id", type = "S" }
  deletion_protection = true
  key_arn             = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}

run "table" {
  command = plan

  variables {
    indexes       = { by-time = { partition_key = { name = "owner", type = "S" }, sort_key = { name = "time", type = "N" } } }
    local_indexes = { by-amount = { name = "amount", type = "N" } }
    time_to_live  = "expiresAt"
    stream        = "NEW_IMAGE"
  }

  assert {
    condition     = one(aws_dynamodb_table.table.local_secondary_index).range_key == "amount" && one(aws_dynamodb_table.table.local_secondary_index).projection_type == "ALL"
    error_message = "A local index sorts a partition by its key, and projects everything."
  }

  assert {
    condition     = aws_dynamodb_table.table.hash_key == "owner" && aws_dynamodb_table.table.range_key == "id"
    error_message = "The keys are those of the declaration."
  }

  assert {
    condition     = { for a in aws_dynamodb_table.table.attribute : a.name => a.type } == { owner = "S", id = "S", time = "N", amount = "N" }
    error_message = "Each key attribute is declared once."
  }

  assert {
    condition     = one(aws_dynamodb_table.table.global_secondary_index).projection_type == "ALL"
    error_message = "An index projects everything."
  }

  assert {
    condition     = aws_dynamodb_table.table.ttl[0].attribute_name == "expiresAt" && aws_dynamodb_table.table.stream_view_type == "NEW_IMAGE"
    error_message = "Time to live and stream are those of the declaration."
  }

  assert {
    condition     = aws_dynamodb_table.table.point_in_time_recovery[0].enabled && aws_dynamodb_table.table.server_side_encryption[0].kms_key_arn == var.key_arn && aws_dynamodb_table.table.deletion_protection_enabled
    error_message = "The table can be restored, is encrypted and protected."
  }
}

run "plain" {
  command = plan

  variables {
    sort_key = null
  }

  assert {
    condition     = !aws_dynamodb_table.table.stream_enabled && length(aws_dynamodb_table.table.ttl) == 0
    error_message = "There is no stream and no time to live unless asked for."
  }
}

run "refuses_an_unknown_stream" {
  command = plan

  variables {
    stream = "EVERYTHING"
  }

  expect_failures = [var.stream]
}

run "ceiling_and_warmth" {
  command = plan

  variables {
    indexes = { by-time = { partition_key = { name = "owner", type = "S" }, sort_key = { name = "time", type = "N" } } }
    ceiling = { read_units = 24000, write_units = 12000 }
    warm    = { read_units = 16000, write_units = 8000 }
  }

  assert {
    condition     = aws_dynamodb_table.table.on_demand_throughput[0] == { max_read_request_units = 24000, max_write_request_units = 12000 } && one(one(aws_dynamodb_table.table.global_secondary_index).on_demand_throughput) == { max_read_request_units = 24000, max_write_request_units = 12000 }
    error_message = "Table and index have the ceiling."
  }

  assert {
    condition     = aws_dynamodb_table.table.warm_throughput[0] == { read_units_per_second = 16000, write_units_per_second = 8000 }
    error_message = "The table is warm for the peak."
  }
}

run "refuses_warmth_above_the_ceiling" {
  command = plan

  variables {
    ceiling = { read_units = 12000, write_units = 4000 }
    warm    = { read_units = 12000, write_units = 4001 }
  }

  expect_failures = [var.warm]
}

run "refuses_less_than_every_table_has" {
  command = plan

  variables {
    warm = { read_units = 11999, write_units = 4000 }
  }

  expect_failures = [var.warm]
}
