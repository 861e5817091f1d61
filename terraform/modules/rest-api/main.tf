resource "aws_api_gateway_rest_api" "api" {
  name           = var.name
  description    = "The way in to ${var.name}."
  body           = local.body
  api_key_source = "AUTHORIZER"

  # With a domain of its own, the API has no second endpoint that its TLS policy does not cover.
  disable_execute_api_endpoint = var.domain != null

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_deployment" "api" {
  rest_api_id = aws_api_gateway_rest_api.api.id

  # A stage serves the API as it was when it was deployed, so a change of any of these needs a deployment.
  triggers = {
    body = sha256(jsonencode([
      local.body,
      aws_api_gateway_rest_api.api.api_key_source,
      aws_api_gateway_rest_api.api.disable_execute_api_endpoint,
      aws_api_gateway_rest_api.api.endpoint_configuration[0].types,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "api" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  deployment_id        = aws_api_gateway_deployment.api.id
  stage_name           = var.stage
  xray_tracing_enabled = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    # No header, no query, no body: tokens and members' data stay out of the logs.
    format = jsonencode({
      requestId          = "$context.requestId"
      traceId            = "$context.xrayTraceId"
      time               = "$context.requestTimeEpoch"
      ip                 = "$context.identity.sourceIp"
      method             = "$context.httpMethod"
      route              = "$context.resourcePath"
      status             = "$context.status"
      errorType          = "$context.error.responseType"
      responseBytes      = "$context.responseLength"
      durationMs         = "$context.responseLatency"
      integrationMs      = "$context.integrationLatency"
      integrationStatus  = "$context.integration.status"
      authorizerMs       = "$context.authorizer.latency"
      authorizerStatus   = "$context.authorizer.status"
      organizationId     = "$context.authorizer.organizationId"
      userId             = "$context.authorizer.principalId"
      wafResponseCode    = "$context.wafResponseCode"
      integrationRequest = "$context.integration.requestId"
    })
  }

  depends_on = [aws_cloudwatch_log_group.execution]
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.api.stage_name
  method_path = "*/*"

  settings {
    # Metrics by method cost 30 cents each, five for every route; the stage's own are free and serve an alarm as well.
    metrics_enabled        = false
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = var.throttle.rate_per_second
    throttling_burst_limit = var.throttle.burst
  }
}

resource "aws_api_gateway_method_settings" "route" {
  for_each = { for route in var.routes : "${trimprefix(route.path, "/")}/${route.method}" => route.throttle if route.throttle != null }

  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.api.stage_name
  method_path = each.key

  # A route's settings replace those of */*; they are not merged.
  settings {
    metrics_enabled        = false
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = each.value.rate_per_second
    throttling_burst_limit = each.value.burst
  }

  depends_on = [aws_api_gateway_method_settings.all]
}

resource "aws_lambda_permission" "route" {
  for_each = { for route in var.routes : route.function_name => route.qualifier... }

  statement_id  = "gateway"
  action        = "lambda:InvokeFunction"
  function_name = each.key
  qualifier     = each.value[0]
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/${var.stage}/*"
}

resource "aws_lambda_permission" "authorizer" {
  statement_id  = "gateway-authorizer"
  action        = "lambda:InvokeFunction"
  function_name = var.authorizer.function_name
  qualifier     = var.authorizer.qualifier
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/authorizers/*"
}

# The gateway decides for the functions behind a route. Functions that queues and schedules start follow X-Ray's default
# rule.
resource "aws_xray_sampling_rule" "api" {
  rule_name      = var.name
  priority       = 1000
  version        = 1
  service_type   = "AWS::ApiGateway::Stage"
  service_name   = "${var.name}/${var.stage}"
  reservoir_size = var.traces.per_second
  fixed_rate     = var.traces.share
  host           = "*"
  http_method    = "*"
  resource_arn   = "*"
  url_path       = "*"
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/millrace/${var.name}/access"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

# Otherwise API Gateway makes a group of this name itself, unencrypted and without an expiry.
resource "aws_cloudwatch_log_group" "execution" {
  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.api.id}/${var.stage}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}
