# The API with its plans, firewall and domain, the user pool, and watching.
data "aws_iam_policy_document" "edge" {
  # API Gateway makes the ids of APIs and plans, so here environments of one account are kept apart by the denial of
  # what is tagged with another (deploy-compute.tf).
  statement {
    sid     = "Gateway"
    actions = ["apigateway:*"]
    resources = [
      for path in ["apikeys", "domainnames", "restapis", "tags", "usageplans"] : "arn:${local.partition}:apigateway:${var.region}::/${path}*"
    ]
  }

  statement {
    sid     = "Firewall"
    actions = ["wafv2:AssociateWebACL", "wafv2:Create*", "wafv2:Delete*", "wafv2:DisassociateWebACL", "wafv2:Put*", "wafv2:TagResource", "wafv2:UntagResource", "wafv2:Update*"]
    resources = [
      "${local.at.wafv2}:regional/webacl/${local.prefix}/*",
      "${local.at.wafv2}:regional/webacl/${local.prefix}-*",
      "${local.at.wafv2}:regional/managedruleset/*",
      "arn:${local.partition}:apigateway:${var.region}::/restapis/*/stages/*",
    ]
  }

  statement {
    sid       = "NewUserPools"
    actions   = ["cognito-idp:CreateUserPool", "cognito-idp:TagResource"]
    resources = ["*"] # A pool's id is known only after it is made.

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/Environment"
      values   = [var.environment]
    }
  }

  statement {
    sid = "UserPools"
    actions = [
      "cognito-idp:CreateUserPoolClient",
      "cognito-idp:CreateUserPoolDomain",
      "cognito-idp:DeleteUserPool*",
      "cognito-idp:SetUserPoolMfaConfig",
      "cognito-idp:TagResource",
      "cognito-idp:UntagResource",
      "cognito-idp:UpdateUserPool*",
    ]
    resources = ["${local.at["cognito-idp"]}:userpool/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }
  }

  dynamic "statement" {
    for_each = length(var.hosted_zone_ids) > 0 ? [var.hosted_zone_ids] : []

    content {
      sid       = "Names"
      actions   = ["route53:ChangeResourceRecordSets"]
      resources = [for id in statement.value : "arn:${local.partition}:route53:::hostedzone/${id}"]
    }
  }

  statement {
    sid       = "Watching"
    actions   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"]
    resources = ["${local.at.cloudwatch}:alarm:${local.prefix}-*"]
  }

  statement {
    sid       = "Dashboards"
    actions   = ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"]
    resources = [for name in [local.prefix, "${local.prefix}-*"] : "arn:${local.partition}:cloudwatch::${local.account_id}:dashboard/${name}"]
  }

  statement {
    sid       = "Budgets"
    actions   = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"]
    resources = ["arn:${local.partition}:budgets::${local.account_id}:budget/${local.prefix}-*"]
  }

  statement {
    sid       = "Sampling"
    actions   = ["xray:CreateSamplingRule", "xray:DeleteSamplingRule", "xray:TagResource", "xray:UntagResource", "xray:UpdateSamplingRule"]
    resources = [for name in [local.prefix, "${local.prefix}-*"] : "${local.at.xray}:sampling-rule/${name}"]
  }
}
