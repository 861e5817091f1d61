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
    indexes      = { by-time = { partition_key = { name = "owner", type = "S" }, sort_key = { name = "time", type = "N" } } }
    time_to_live = "expiresAt"
    stream       = "NEW_IMAGE"
  }

  assert {
    condition     = aws_dynamodb_table.table.hash_key == "owner" && aws_dynamodb_table.table.range_key == "id"
    error_message = "The keys are those of the declaration."
  }

  assert {
    condition     = { for a in aws_dynamodb_table.table.attribute : a.name => a.type } == { owner = "S", id = "S", time = "N" }
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
