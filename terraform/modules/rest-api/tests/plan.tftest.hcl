mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name   = "millrace-dev"
  region = "eu-central-1"
  routes = [
    {
      method        = "GET", path = "/data/{id}", public = false
      function_name = "millrace-dev-data-presenter"
      target_arn    = "arn:aws:lambda:eu-central-1:123456789012:function:millrace-dev-data-presenter"
    },
    {
      method        = "POST", path = "/data", public = false, throttle = { rate_per_second = 5, burst = 10 }
      function_name = "millrace-dev-data-generator"
      target_arn    = "arn:aws:lambda:eu-central-1:123456789012:function:millrace-dev-data-generator"
    },
    {
      method        = "GET", path = "/health", public = true
      function_name = "millrace-dev-platform-health"
      target_arn    = "arn:aws:lambda:eu-central-1:123456789012:function:millrace-dev-platform-health"
    },
  ]
  authorizer = {
    function_name = "millrace-dev-platform-authorizer"
    target_arn    = "arn:aws:lambda:eu-central-1:123456789012:function:millrace-dev-platform-authorizer"
  }
  gateway_responses = {
    DEFAULT_4XX = { status = 400, code = "BAD_REQUEST", title = "Bad Request", detail = "No.", headers = {} }
    DEFAULT_5XX = { status = 500, code = "UNEXPECTED", title = "Internal Server Error", detail = "No.", headers = {} }
    THROTTLED   = { status = 429, code = "TOO_MANY_REQUESTS", title = "Too Many Requests", detail = "Slower.", headers = { retry-after = "1" } }
  }
  throttle           = { rate_per_second = 100, burst = 200 }
  key_arn            = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  log_retention_days = 14
}

run "routes" {
  command = plan

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api.api.body).paths["/data/{id}"].get["x-amazon-apigateway-integration"].uri == "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:millrace-dev-data-presenter/invocations"
    error_message = "A route leads to its function."
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api.api.body)["x-amazon-apigateway-security-policy"] == "SecurityPolicy_TLS13_1_2_2021_06" && jsondecode(aws_api_gateway_rest_api.api.body)["x-amazon-apigateway-endpoint-access-mode"] == "BASIC"
    error_message = "The gateway's own address takes TLS 1.2 and 1.3 alone; a policy of this kind needs an access mode."
  }

  assert {
    condition     = jsonencode(jsondecode(aws_api_gateway_rest_api.api.body).paths["/data"].post.security) == jsonencode([{ authorizer = [] }, { api_key = [] }])
    error_message = "A route asks for a token and the organization's key."
  }

  assert {
    condition     = length(jsondecode(aws_api_gateway_rest_api.api.body).paths["/health"].get.security) == 0
    error_message = "A public route asks for nothing."
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api.api.body).paths["/data/{id}"].get.parameters[0].name == "id"
    error_message = "The path's parameters are declared."
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api.api.body).components.securitySchemes.authorizer["x-amazon-apigateway-authorizer"].authorizerResultTtlInSeconds == 60
    error_message = "An answer of the authorizer is kept for a minute."
  }

  assert {
    condition     = aws_api_gateway_rest_api.api.api_key_source == "AUTHORIZER"
    error_message = "The authorizer names the usage plan, not the caller."
  }

  assert {
    condition     = keys(aws_lambda_permission.route) == ["millrace-dev-data-generator", "millrace-dev-data-presenter", "millrace-dev-platform-health"]
    error_message = "The gateway may invoke the functions with routes, and no others."
  }
}

run "deployment" {
  command = plan

  assert {
    condition     = aws_api_gateway_deployment.api.triggers.body == sha256(jsonencode([aws_api_gateway_rest_api.api.body, "AUTHORIZER", false, ["REGIONAL"]]))
    error_message = "All that a deployment freezes makes a new one when it changes."
  }
}

run "refusals_are_problems" {
  command = plan

  assert {
    condition = jsondecode(jsondecode(aws_api_gateway_rest_api.api.body)["x-amazon-apigateway-gateway-responses"].THROTTLED.responseTemplates["application/json"]) == {
      type = "urn:millrace:problem:too-many-requests", title = "Too Many Requests", status = 429, detail = "Slower.", code = "TOO_MANY_REQUESTS", requestId = "$context.requestId"
    }
    error_message = "What the gateway refuses is a problem with all its fields."
  }

  assert {
    condition = jsondecode(aws_api_gateway_rest_api.api.body)["x-amazon-apigateway-gateway-responses"].THROTTLED.responseParameters == {
      "gatewayresponse.header.content-type" = "'application/problem+json'"
      "gatewayresponse.header.x-request-id" = "context.requestId"
      "gatewayresponse.header.retry-after"  = "'1'"
    }
    error_message = "A refusal says its type, its request and when to come again."
  }
}

run "traces" {
  command = plan

  variables {
    traces = { per_second = 2, share = 0.1 }
  }

  assert {
    condition     = [aws_xray_sampling_rule.api.service_type, aws_xray_sampling_rule.api.service_name, aws_xray_sampling_rule.api.reservoir_size, aws_xray_sampling_rule.api.fixed_rate] == ["AWS::ApiGateway::Stage", "millrace-dev/live", 2, 0.1]
    error_message = "So many requests of this stage are traced, and no other stage's."
  }
}

run "throttling_per_route" {
  command = plan

  assert {
    condition     = !aws_api_gateway_method_settings.all.settings[0].metrics_enabled && alltrue([for route in aws_api_gateway_method_settings.route : !route.settings[0].metrics_enabled])
    error_message = "Metrics by method are off: nothing reads them, and each costs."
  }

  assert {
    condition     = aws_api_gateway_method_settings.all.settings[0].throttling_rate_limit == 100
    error_message = "All routes are throttled."
  }

  assert {
    condition     = keys(aws_api_gateway_method_settings.route) == ["data/POST"] && aws_api_gateway_method_settings.route["data/POST"].settings[0].throttling_burst_limit == 10
    error_message = "A route's own throttling is its own."
  }

  assert {
    condition     = alltrue([for group in [aws_cloudwatch_log_group.access, aws_cloudwatch_log_group.execution] : group.retention_in_days == 14 && group.kms_key_id == var.key_arn])
    error_message = "Both logs are encrypted and forget."
  }

  assert {
    condition     = aws_api_gateway_stage.api.xray_tracing_enabled && !strcontains(aws_api_gateway_stage.api.access_log_settings[0].format, "header")
    error_message = "Requests are traced, and no header is logged."
  }
}

run "schemas_from_the_document" {
  command = plan

  variables {
    document = <<-JSON
      {
        "paths": { "/data": { "post": { "operationId": "createRecord", "x-millrace-function": "somebody-else", "x-millrace-public": true, "security": [], "responses": {} } },
                   "/gone": { "get": { "operationId": "gone" } } },
        "components": { "schemas": { "Record": { "type": "object" } } }
      }
    JSON
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api.api.body).paths["/data"].post.operationId == "createRecord" && can(jsondecode(aws_api_gateway_rest_api.api.body).components.schemas.Record)
    error_message = "Parameters and schemas come from the document."
  }

  assert {
    condition     = length(jsondecode(aws_api_gateway_rest_api.api.body).paths["/data"].post.security) == 2 && strcontains(jsondecode(aws_api_gateway_rest_api.api.body).paths["/data"].post["x-amazon-apigateway-integration"].uri, "data-generator")
    error_message = "Who may call a route and who answers it come from the manifests alone."
  }

  assert {
    condition     = !contains(keys(jsondecode(aws_api_gateway_rest_api.api.body).paths), "/gone")
    error_message = "A path without a manifest is not there."
  }
}

run "custom_domain" {
  command = plan

  variables {
    domain = { name = "api.example.org", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000", hosted_zone_id = "Z0000000000000000000" }
  }

  assert {
    condition     = aws_api_gateway_rest_api.api.disable_execute_api_endpoint && output.url == "https://api.example.org"
    error_message = "With a domain the gateway's own address is closed."
  }

  # The flag holds only from the next deployment on.
  assert {
    condition     = aws_api_gateway_deployment.api.triggers.body == sha256(jsonencode([aws_api_gateway_rest_api.api.body, "AUTHORIZER", true, ["REGIONAL"]]))
    error_message = "Closing the gateway's own address deploys the API anew."
  }

  assert {
    condition     = aws_api_gateway_domain_name.domain[0].security_policy == "TLS_1_2"
    error_message = "The domain takes TLS 1.2 and newer."
  }

  assert {
    condition     = keys(aws_route53_record.domain) == ["A", "AAAA"]
    error_message = "The domain is found over IPv4 and IPv6."
  }
}

run "refuses_a_long_cache" {
  command = plan

  variables {
    authorizer_cache_seconds = 300
  }

  expect_failures = [var.authorizer_cache_seconds]
}
