data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  oidc_url   = "token.actions.githubusercontent.com"

  # An account has one provider of this address at most.
  oidc_provider_arn = var.create_oidc_provider ? aws_iam_openid_connect_provider.github[0].arn : "arn:${local.partition}:iam::${local.account_id}:oidc-provider/${local.oidc_url}"
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_oidc_provider ? 1 : 0

  url            = "https://${local.oidc_url}"
  client_id_list = ["sts.amazonaws.com"]
}

module "roles" {
  source   = "../modules/pipeline-roles"
  for_each = var.environments

  environment     = each.key
  region          = var.region
  repository      = var.repository
  role_path       = var.role_path
  release         = each.value.release
  test_users      = each.value.test_users
  private_network = each.value.private_network
  hosted_zone_ids = each.value.hosted_zone_ids

  oidc_provider_arn    = local.oidc_provider_arn
  state_bucket_arn     = module.state.arn
  state_key_arn        = aws_kms_key.store["state"].arn
  artifacts_bucket_arn = module.artifacts.arn
  artifacts_key_arn    = aws_kms_key.store["artifacts"].arn
}
