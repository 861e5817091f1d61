data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

resource "aws_codedeploy_app" "app" {
  name             = var.name
  compute_platform = "Lambda"
}

# One per function: each is shifted, watched and taken back by itself.
resource "aws_codedeploy_deployment_group" "function" {
  for_each = var.functions

  app_name               = aws_codedeploy_app.app.name
  deployment_group_name  = each.key
  service_role_arn       = aws_iam_role.rollout.arn
  deployment_config_name = var.shift

  deployment_style {
    deployment_option = "WITH_TRAFFIC_CONTROL"
    deployment_type   = "BLUE_GREEN"
  }

  alarm_configuration {
    enabled = length(each.value.alarms) > 0
    alarms  = each.value.alarms
    # An alarm that cannot be read is no good sign.
    ignore_poll_alarm_failure = false
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
  }

  # CodeDeploy tries the role when the group is made.
  depends_on = [aws_iam_role_policy.rollout]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["codedeploy.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_iam_role" "rollout" {
  name               = "${var.name}-rollout"
  description        = "Moves the aliases of the functions of ${var.name}."
  assume_role_policy = data.aws_iam_policy_document.trust.json

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.role_tags
}

data "aws_iam_policy_document" "rollout" {
  statement {
    sid       = "Aliases"
    actions   = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
    resources = [for function in values(var.functions) : "arn:${data.aws_partition.current.partition}:lambda:${var.region}:${data.aws_caller_identity.current.account_id}:function:${function.name}*"]
  }

  statement {
    sid       = "Alarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = ["*"] # CloudWatch lists alarms for the account as a whole.
  }
}

resource "aws_iam_role_policy" "rollout" {
  name   = "shift"
  role   = aws_iam_role.rollout.name
  policy = data.aws_iam_policy_document.rollout.json
}
