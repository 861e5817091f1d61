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

run "refuses_an_early_move" {
  command = plan

  variables {
    infrequent_access_days = 7
  }

  expect_failures = [var.infrequent_access_days]
}
