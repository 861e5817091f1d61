mock_provider "aws" {}

run "key" {
  command = plan

  variables {
    name        = "millrace-dev-cursors"
    description = "Derives the keys that seal page cursors, one per day."
  }

  assert {
    condition     = aws_kms_key.key.key_usage == "GENERATE_VERIFY_MAC" && aws_kms_key.key.customer_master_key_spec == "HMAC_256"
    error_message = "The key makes MACs and does nothing else."
  }

  assert {
    condition     = aws_kms_alias.key.name == "alias/millrace-dev-cursors"
    error_message = "Functions find the key by its alias."
  }
}
