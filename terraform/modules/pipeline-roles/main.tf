data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  prefix     = "millrace-${var.environment}"

  # By convention, so that the policies can be read in the first plan.
  at     = { for service in ["cloudwatch", "cognito-idp", "dynamodb", "events", "kms", "lambda", "logs", "scheduler", "secretsmanager", "sns", "sqs", "wafv2", "xray"] : service => "arn:${local.partition}:${service}:${var.region}:${local.account_id}" }
  roles  = "arn:${local.partition}:iam::${local.account_id}:role${var.role_path}${local.prefix}-*"
  bucket = "arn:${local.partition}:s3:::${local.prefix}-*"

  rollouts = [for kind in ["application:${local.prefix}", "deploymentgroup:${local.prefix}/*", "deploymentconfig:*"] : "arn:${local.partition}:codedeploy:${var.region}:${local.account_id}:${kind}"]

  # A GitHub environment for each role: without approval, with approval, and for going back.
  powers = merge(
    { plan = "${var.environment}-plan", deploy = var.environment },
    var.release ? { release = "${var.environment}-release" } : {},
  )

  policies = merge(
    {
      read           = data.aws_iam_policy_document.read.json
      deploy-compute = data.aws_iam_policy_document.compute.json
      deploy-data    = data.aws_iam_policy_document.data.json
      deploy-edge    = data.aws_iam_policy_document.edge.json
    },
    var.private_network ? { deploy-network = data.aws_iam_policy_document.network.json } : {},
    var.release ? { release = data.aws_iam_policy_document.release.json } : {},
  )

  attachments = merge(
    { for power in setsubtract(keys(local.powers), ["deploy"]) : "${power}/read" => { power = power, policy = "read" } },
    { for policy in keys(local.policies) : "deploy/${policy}" => { power = "deploy", policy = policy } if policy == "read" || startswith(policy, "deploy-") },
    var.release ? { "release/release" = { power = "release", policy = "release" } } : {},
  )
}

# The token's subject names the repository's environment for which the job runs.
data "aws_iam_policy_document" "trust" {
  for_each = local.powers

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.oidc_provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.repository}:environment:${each.value}"]
    }
  }
}

resource "aws_iam_role" "power" {
  for_each = local.powers

  name               = "millrace-pipeline-${each.value}"
  description        = "What the pipeline may do in the GitHub environment ${each.value}."
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

resource "aws_iam_policy" "policy" {
  for_each = local.policies

  name        = "millrace-pipeline-${var.environment}-${each.key}"
  description = "The pipeline in ${var.environment}: ${each.key}."
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "power" {
  for_each = local.attachments

  role       = aws_iam_role.power[each.value.power].name
  policy_arn = aws_iam_policy.policy[each.value.policy].arn
}

resource "aws_iam_role_policy" "stores" {
  for_each = local.powers

  name   = "state-and-artifacts"
  role   = aws_iam_role.power[each.key].id
  policy = data.aws_iam_policy_document.stores[each.key].json
}
