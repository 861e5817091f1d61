data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "function" {
  name               = var.name
  description        = "What ${var.name} may do: its manifest's grants, its logs and its traces."
  assume_role_policy = data.aws_iam_policy_document.assume.json

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.role_tags
}

data "aws_iam_policy_document" "function" {
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_group_arn}:*"]
  }

  statement {
    sid       = "Traces"
    actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    resources = ["*"] # X-Ray has no resources to name.
  }

  dynamic "statement" {
    for_each = var.network[*]

    content {
      sid = "NetworkInterfaces"
      actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ]
      resources = ["*"] # Lambda makes the interfaces, whose ids are known only then.
    }
  }

  # The interfaces are for Lambda itself to make; code that runs in the function may not.
  dynamic "statement" {
    for_each = var.network[*]

    content {
      sid       = "NoNetworkInterfacesFromCode"
      effect    = "Deny"
      actions   = ["ec2:*"]
      resources = ["*"] # No resource of EC2.

      condition {
        test     = "ArnEquals"
        variable = "lambda:SourceFunctionArn"
        values   = [local.function_arn]
      }
    }
  }

  dynamic "statement" {
    for_each = var.statements

    content {
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = statement.value.request_alias[*]

        content {
          test     = "StringEquals"
          variable = "kms:RequestAlias"
          values   = [condition.value]
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "function" {
  name   = "manifest"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function.json
}
