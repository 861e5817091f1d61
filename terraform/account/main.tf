data "aws_partition" "current" {}

# API Gateway keeps one role for the logs of all APIs of an account in a region. An environment that made it would
# take it away from the others when it is destroyed.
data "aws_iam_policy_document" "gateway" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "gateway" {
  name                 = "millrace-account-gateway-logs-${var.region}"
  path                 = var.role_path
  description          = "By which API Gateway writes the logs of all APIs of this account in ${var.region}."
  assume_role_policy   = data.aws_iam_policy_document.gateway.json
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy_attachment" "gateway" {
  role       = aws_iam_role.gateway.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "account" {
  cloudwatch_role_arn = aws_iam_role.gateway.arn

  # API Gateway tries the role when it is set.
  depends_on = [aws_iam_role_policy_attachment.gateway]
}
