data "aws_partition" "current" {}

# The OpenAPI document that API Gateway imports: the routes and their functions come from the manifests, their
# parameters and schemas from the document that the build writes.
locals {
  given = merge({ paths = {}, components = {} }, jsondecode(var.document))
  documented = merge(flatten([
    for path, operations in local.given.paths : [
      for method, operation in operations : {
        "${upper(method)} ${path}" = { for field, value in operation : field => value if !startswith(field, "x-millrace-") && field != "security" }
      } if contains(["get", "post", "put", "patch", "delete"], method)
    ]
  ])...)

  invocation = "arn:${data.aws_partition.current.partition}:apigateway:${var.region}:lambda:path/2015-03-31/functions"

  operations = {
    for route in var.routes : "${route.method} ${route.path}" => merge(
      {
        parameters = [
          for name in flatten(regexall("\\{([^}+]+)\\+?\\}", route.path)) :
          { name = name, in = "path", required = true, schema = { type = "string" } }
        ]
        responses = { default = { description = "What the function answers." } }
      },
      lookup(local.documented, "${route.method} ${route.path}", {}),
      {
        # An explicit empty list opens a public route; all other routes require the usage plan's key and the token.
        security = [for scheme in ["authorizer", "api_key"] : { (scheme) = [] } if !route.public]
        x-amazon-apigateway-integration = {
          type                = "aws_proxy"
          httpMethod          = "POST"
          uri                 = "${local.invocation}/${route.target_arn}/invocations"
          passthroughBehavior = "when_no_match"
          timeoutInMillis     = 29000
        }
      },
    )
  }

  gateway_responses = {
    for type, response in var.gateway_responses : type => {
      statusCode = tostring(response.status)
      responseParameters = merge(
        # The only template serves every Accept header; API Gateway would use its key as the content type.
        { "gatewayresponse.header.content-type" = "'application/problem+json'" },
        { "gatewayresponse.header.x-request-id" = "context.requestId" },
        { for name, value in response.headers : "gatewayresponse.header.${name}" => "'${value}'" },
      )
      responseTemplates = {
        "application/json" = jsonencode({
          type      = "urn:millrace:problem:${replace(lower(response.code), "_", "-")}"
          title     = response.title
          status    = response.status
          detail    = response.detail
          code      = response.code
          requestId = "$context.requestId"
        })
      }
    }
  }

  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = var.name, version = "1" }
    paths = {
      for path in distinct([for route in var.routes : route.path]) : path => {
        for route in var.routes : lower(route.method) => local.operations["${route.method} ${route.path}"] if route.path == path
      }
    }
    components = merge(local.given.components, {
      securitySchemes = {
        authorizer = {
          type                         = "apiKey"
          name                         = "Authorization"
          in                           = "header"
          x-amazon-apigateway-authtype = "custom"
          x-amazon-apigateway-authorizer = {
            type                         = "request"
            identitySource               = "method.request.header.Authorization"
            authorizerUri                = "${local.invocation}/${var.authorizer.target_arn}/invocations"
            authorizerResultTtlInSeconds = var.authorizer_cache_seconds
          }
        }
        api_key = { type = "apiKey", name = "x-api-key", in = "header" }
      }
    })
    # The default is TLS 1.0 and newer. BASIC leaves the host that a caller asks for unchecked, as it was before policies.
    x-amazon-apigateway-security-policy      = "SecurityPolicy_TLS13_1_2_2021_06"
    x-amazon-apigateway-endpoint-access-mode = "BASIC"
    # The authorizer names the organization's key; what a caller sends as x-api-key is ignored.
    x-amazon-apigateway-api-key-source    = "AUTHORIZER"
    x-amazon-apigateway-gateway-responses = local.gateway_responses
  })
}
