data "aws_region" "current" {}
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  # By convention, so that the policy can be read in the first plan.
  log_group_arn = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:/aws/lambda/${var.name}"
  function_arn  = "arn:${data.aws_partition.current.partition}:lambda:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:function:${var.name}"
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_lambda_function" "function" {
  function_name = var.name
  description   = var.description
  role          = aws_iam_role.function.arn

  runtime       = "nodejs24.x"
  architectures = ["arm64"]
  handler       = "handler.handler"
  timeout       = var.timeout_seconds
  memory_size   = var.memory_mb

  filename         = var.package_file
  source_code_hash = var.package_hash
  # Each change makes a version, to which the alias is then moved.
  publish = true

  # -1 is AWS's word for "nothing reserved".
  reserved_concurrent_executions = coalesce(var.reserved_concurrency, -1)

  kms_key_arn = var.key_arn

  environment {
    variables = var.environment_variables
  }

  tracing_config {
    mode = "Active"
  }

  logging_config {
    log_group             = aws_cloudwatch_log_group.function.name
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
  }

  dynamic "vpc_config" {
    for_each = var.network[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  # Otherwise the first invocation could run before its rights hold.
  depends_on = [aws_iam_role_policy.function]
}

# All triggers invoke this alias. It is made with the first version and then moved by a roll-out, not by Terraform:
# moving it back is the way back, and an apply in between leaves it where it is.
resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that is in use, and during a roll-out the next one beside it."
  function_name    = aws_lambda_function.function.function_name
  function_version = aws_lambda_function.function.version

  lifecycle {
    ignore_changes = [function_version, routing_config]
  }
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.provisioned_concurrency == null ? 0 : 1

  function_name                     = aws_lambda_function.function.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.provisioned_concurrency
}

resource "aws_lambda_function_event_invoke_config" "function" {
  count = var.asynchronous ? 1 : 0

  function_name          = aws_lambda_function.function.function_name
  qualifier              = aws_lambda_alias.live.name
  maximum_retry_attempts = 2

  destination_config {
    on_failure {
      destination = var.dead_letter_queue_arn
    }
  }
}
