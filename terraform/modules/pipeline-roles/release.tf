# Going back without approval: code, configuration and aliases of functions that exist, and the API's document. It can
# make nothing, delete nothing and give no right.
data "aws_iam_policy_document" "release" {
  statement {
    sid = "Functions"
    actions = [
      "lambda:PublishVersion",
      "lambda:PutProvisionedConcurrencyConfig",
      "lambda:TagResource",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
    ]
    resources = ["${local.at.lambda}:function:${local.prefix}-*"]
  }

  statement {
    sid       = "RollOuts"
    actions   = ["codedeploy:CreateDeployment", "codedeploy:RegisterApplicationRevision", "codedeploy:StopDeployment"]
    resources = local.rollouts
  }

  # A function's configuration is sent with the role that it has.
  statement {
    sid       = "TheirRoles"
    actions   = ["iam:PassRole"]
    resources = [local.roles]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["lambda.amazonaws.com"]
    }
  }

  statement {
    sid       = "TheirVariables"
    actions   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    resources = ["${local.at.kms}:key/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["lambda.${var.region}.amazonaws.com"]
    }
  }

  # An API's id is known only after it is made. A new document is imported (PUT), deployed (POST) and staged (PATCH).
  statement {
    sid       = "Gateway"
    actions   = ["apigateway:PATCH", "apigateway:POST", "apigateway:PUT"]
    resources = ["arn:${local.partition}:apigateway:${var.region}::/restapis/*"]
  }

  statement {
    sid       = "OldDeployments"
    actions   = ["apigateway:DELETE"]
    resources = ["arn:${local.partition}:apigateway:${var.region}::/restapis/*/deployments/*"]
  }

  statement {
    sid       = "NothingOfOthers"
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"] # Whatever is tagged with another environment.

    condition {
      test     = "StringNotEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }

    condition {
      test     = "Null"
      variable = "aws:ResourceTag/Environment"
      values   = ["false"]
    }
  }
}
