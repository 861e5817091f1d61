# Without a policy of its own the key has AWS's default: the account's IAM policies decide, and only those of the
# functions with the right `mac` name it.
resource "aws_kms_key" "key" {
  description              = var.description
  key_usage                = "GENERATE_VERIFY_MAC"
  customer_master_key_spec = "HMAC_256"
  deletion_window_in_days  = 30
}

resource "aws_kms_alias" "key" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.key.key_id
}
