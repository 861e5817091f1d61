# Terraform's state and the releases, by power. Every role sees its own environment's state and no other's.
locals {
  state     = "${var.state_bucket_arn}/millrace/${var.environment}/terraform.tfstate"
  releases  = "${var.artifacts_bucket_arn}/releases/*"
  last_good = "${var.artifacts_bucket_arn}/last-good/${var.environment}.json"
  plans     = "${var.artifacts_bucket_arn}/plans/${var.environment}/*"

  reads = {
    plan    = [local.state]
    deploy  = [local.state, local.plans]
    release = [local.state, local.releases, local.last_good]
  }
  writes = {
    plan    = var.release ? [local.plans] : []
    deploy  = [local.state, "${local.state}.tflock"]
    release = [local.state, "${local.state}.tflock", local.releases, local.last_good]
  }
  # A plan is deleted once applied, and a lock when it is released.
  deletes = {
    plan    = []
    deploy  = [local.plans, "${local.state}.tflock"]
    release = ["${local.state}.tflock"]
  }
}

data "aws_iam_policy_document" "stores" {
  for_each = local.powers

  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [var.state_bucket_arn, var.artifacts_bucket_arn]
  }

  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = concat(local.reads[each.key], each.key == "plan" ? [] : ["${local.state}.tflock"])
  }

  dynamic "statement" {
    for_each = length(local.writes[each.key]) > 0 ? [local.writes[each.key]] : []

    content {
      sid       = "Write"
      actions   = ["s3:PutObject"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(local.deletes[each.key]) > 0 ? [local.deletes[each.key]] : []

    content {
      sid       = "Delete"
      actions   = ["s3:DeleteObject"]
      resources = statement.value
    }
  }

  statement {
    sid       = "Keys"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.state_key_arn, var.artifacts_key_arn]
  }

  dynamic "statement" {
    for_each = each.key == "deploy" && var.test_users ? [1] : []

    content {
      sid       = "TestUsersSecrets"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = ["${local.at.secretsmanager}:secret:${local.prefix}-test-*"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "deploy" && var.test_users ? [1] : []

    content {
      sid       = "TestUsersSignIn"
      actions   = ["cognito-idp:AdminInitiateAuth"]
      resources = ["${local.at["cognito-idp"]}:userpool/*"]

      condition {
        test     = "StringEquals"
        variable = "aws:ResourceTag/Environment"
        values   = [var.environment]
      }
    }
  }
}
