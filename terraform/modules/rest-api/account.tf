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
  count = var.manage_account ? 1 : 0

  name               = "${var.name}-gateway-logs"
  description        = "By which API Gateway writes logs, for all APIs of this account and region."
  assume_role_policy = data.aws_iam_policy_document.gateway.json
}

resource "aws_iam_role_policy_attachment" "gateway" {
  count = var.manage_account ? 1 : 0

  role       = aws_iam_role.gateway[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "account" {
  count = var.manage_account ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.gateway[0].arn

  depends_on = [aws_iam_role_policy_attachment.gateway]
}
