locals {
  secrets = lookup(local.resources, "secrets", {})
}

# Terraform makes the secret without its value: a person puts that there (docs/cleansing.md), so that it is in no plan
# and no state.
resource "aws_secretsmanager_secret" "secret" {
  for_each = local.secrets

  name        = "${local.prefix}-${each.key}"
  description = each.value.description
  kms_key_id  = module.data_key.arn
}
