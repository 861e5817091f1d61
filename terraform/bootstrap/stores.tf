# Terraform's state, and the pipeline's plans and releases: a bucket and a key each, for both hold what not every role
# may read.
data "aws_iam_policy_document" "store_key" {
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"] # In a key's policy, `*` is the key. Who may use it is said by the roles' policies.

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }
}

resource "aws_kms_key" "store" {
  for_each = {
    state     = "Encrypts Terraform's state."
    artifacts = "Encrypts the pipeline's plans and releases."
  }

  description             = each.value
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.store_key.json
}

resource "aws_kms_alias" "store" {
  for_each = aws_kms_key.store

  name          = "alias/millrace-${each.key}"
  target_key_id = each.value.key_id
}

module "state" {
  source = "../modules/bucket"

  name                   = "millrace-state-${local.account_id}"
  key_arn                = aws_kms_key.store["state"].arn
  infrequent_access_days = null
  # An earlier state is the way back from a broken one.
  noncurrent_days = 90
}

module "artifacts" {
  source = "../modules/bucket"

  name                   = "millrace-artifacts-${local.account_id}"
  key_arn                = aws_kms_key.store["artifacts"].arn
  infrequent_access_days = null
  # A plan is good for 72 hours, and holds secrets. Releases stay: each can be gone back to.
  expire_days_by_prefix = { "plans/" = 3 }
}
