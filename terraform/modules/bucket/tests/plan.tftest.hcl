mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name    = "millrace-dev-delivery-123456789012"
  key_arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}

run "bucket" {
  assert {
    condition     = aws_s3_bucket_versioning.bucket.versioning_configuration[0].status == "Enabled"
    error_message = "The bucket is versioned."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.bucket.block_public_acls,
      aws_s3_bucket_public_access_block.bucket.block_public_policy,
      aws_s3_bucket_public_access_block.bucket.ignore_public_acls,
      aws_s3_bucket_public_access_block.bucket.restrict_public_buckets,
    ])
    error_message = "No public access of any kind."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.bucket.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.key_arn
    error_message = "Objects are encrypted with the customer-managed key."
  }

  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.bucket.rule[0].transition).storage_class == "STANDARD_IA" && length(aws_s3_bucket_lifecycle_configuration.bucket.rule[0].expiration) == 0
    error_message = "Objects move to cheaper storage and never go."
  }

  assert {
    condition     = data.aws_iam_policy_document.bucket.statement[0].effect == "Deny" && one(data.aws_iam_policy_document.bucket.statement[0].condition).variable == "aws:SecureTransport"
    error_message = "Plain text is refused."
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.bucket.statement : [one(statement.principals).identifiers, statement.resources, length(statement.condition)]
      if statement.effect == "Deny" && contains(statement.actions, "s3:BypassGovernanceRetention")
    ] == [[toset(["*"]), toset(["${aws_s3_bucket.bucket.arn}/*"]), 0]]
    error_message = "Nobody gets around a lock, on no condition."
  }
}

run "short_lived" {
  command = plan

  variables {
    expire_days = 30
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.bucket.rule[0].expiration[0].days == 30 && length(aws_s3_bucket_lifecycle_configuration.bucket.rule[0].transition) == 0
    error_message = "What goes after 30 days is not moved after 90."
  }
}

run "locked_and_by_prefix" {
  command = plan

  variables {
    object_lock           = true
    expire_days_by_prefix = { "exports/events/" = 7 }
  }

  assert {
    condition     = aws_s3_bucket.bucket.object_lock_enabled
    error_message = "Objects can be locked."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.bucket.rule[1].id == "expire-exports-events" && aws_s3_bucket_lifecycle_configuration.bucket.rule[1].filter[0].prefix == "exports/events/" && aws_s3_bucket_lifecycle_configuration.bucket.rule[1].expiration[0].days == 7
    error_message = "What lies under the prefix goes early, and nothing else."
  }
}

run "refuses_an_early_move" {
  command = plan

  variables {
    infrequent_access_days = 7
  }

  expect_failures = [var.infrequent_access_days]
}
