# Functions, their roles, logs and schedules.
data "aws_iam_policy_document" "compute" {
  statement {
    sid = "Functions"
    actions = [
      "lambda:AddPermission",
      "lambda:Create*",
      "lambda:Delete*",
      "lambda:PublishVersion",
      "lambda:Put*",
      "lambda:RemovePermission",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:Update*",
    ]
    resources = [
      "${local.at.lambda}:function:${local.prefix}-*",
      # The id of a mapping is known only after it is made; its function is one of these.
      "${local.at.lambda}:event-source-mapping:*",
    ]
  }

  statement {
    sid       = "Mappings"
    actions   = ["lambda:CreateEventSourceMapping"]
    resources = ["*"] # The mapping has no name yet; the condition names the function.

    condition {
      test     = "ArnLike"
      variable = "lambda:FunctionArn"
      values   = ["${local.at.lambda}:function:${local.prefix}-*"]
    }
  }

  # CodeDeploy moves the functions' aliases, by a role of its own.
  statement {
    sid       = "RollOuts"
    actions   = ["codedeploy:Create*", "codedeploy:Delete*", "codedeploy:RegisterApplicationRevision", "codedeploy:StopDeployment", "codedeploy:TagResource", "codedeploy:UntagResource", "codedeploy:Update*"]
    resources = local.rollouts
  }

  # Every role that the pipeline makes or gives a policy to has the boundary.
  statement {
    sid = "RolesWithinTheBoundary"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
    ]
    resources = [local.roles]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary.arn]
    }
  }

  statement {
    sid = "Roles"
    actions = [
      "iam:DeleteRole",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = [local.roles]
  }

  statement {
    sid       = "RolesForServices"
    actions   = ["iam:PassRole"]
    resources = [local.roles]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["codedeploy.amazonaws.com", "events.amazonaws.com", "firehose.amazonaws.com", "lambda.amazonaws.com", "scheduler.amazonaws.com", "sns.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
    }
  }

  # Service-linked roles, which some services make with their first resource in an account.
  statement {
    sid       = "ServicesOwnRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${local.partition}:iam::${local.account_id}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = ["ops.apigateway.amazonaws.com", "wafv2.amazonaws.com"]
    }
  }

  statement {
    sid = "LogGroups"
    actions = [
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DeleteLogGroup",
      "logs:DeleteLogStream",
      "logs:DeleteRetentionPolicy",
      "logs:DeleteSubscriptionFilter",
      "logs:DisassociateKmsKey",
      "logs:PutRetentionPolicy",
      "logs:PutSubscriptionFilter",
      "logs:TagResource",
      "logs:UntagResource",
    ]
    resources = [
      for group in [
        "/aws/kinesisfirehose/${local.prefix}-*",
        "/aws/lambda/${local.prefix}-*",
        "/millrace/${local.prefix}/*",
        "aws-waf-logs-${local.prefix}*",
        # API Gateway puts the API's id into this one's name.
        "API-Gateway-Execution-Logs_*",
      ] : "${local.at.logs}:log-group:${group}"
    ]
  }

  # By which API Gateway, the firewall and flow logs write into log groups.
  statement {
    sid = "LogDeliveries"
    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    resources = ["*"] # They have no names.
  }

  statement {
    sid       = "Schedules"
    actions   = ["scheduler:Create*", "scheduler:Delete*", "scheduler:TagResource", "scheduler:UntagResource", "scheduler:Update*"]
    resources = ["${local.at.scheduler}:schedule/*/${local.prefix}-*", "${local.at.scheduler}:schedule-group/${local.prefix}", "${local.at.scheduler}:schedule-group/${local.prefix}-*"]
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
