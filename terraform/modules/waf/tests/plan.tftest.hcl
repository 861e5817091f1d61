mock_provider "aws" {}

variables {
  name               = "millrace-dev"
  stage_arn          = "arn:aws:apigateway:eu-central-1::/restapis/a1b2c3d4e5/stages/live"
  key_arn            = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  log_retention_days = 14

  requests_per_five_minutes = 45000
  too_many_requests         = "{\"code\":\"TOO_MANY_REQUESTS\"}"
}

run "firewall" {
  command = plan

  assert {
    condition     = toset([for rule in aws_wafv2_web_acl.api.rule : rule.name]) == toset(["requests-per-address", "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"])
    error_message = "One limit per address and three of AWS's lists."
  }

  assert {
    condition     = length(distinct([for rule in aws_wafv2_web_acl.api.rule : rule.priority])) == length(aws_wafv2_web_acl.api.rule)
    error_message = "Each rule has its own priority."
  }

  assert {
    condition = flatten([
      for rule in aws_wafv2_web_acl.api.rule : [
        for statement in rule.statement : [
          for group in statement.managed_rule_group_statement : [for override in group.rule_action_override : override.name]
        ]
      ]
      ]) == [
      "CrossSiteScripting_BODY",
      "CrossSiteScripting_QUERYARGUMENTS",
      "EC2MetaDataSSRF_BODY",
      "EC2MetaDataSSRF_QUERYARGUMENTS",
      "GenericLFI_BODY",
      "GenericLFI_QUERYARGUMENTS",
      "GenericRFI_BODY",
      "GenericRFI_QUERYARGUMENTS",
      "RestrictedExtensions_QUERYARGUMENTS",
      "RestrictedExtensions_URIPATH",
      "SizeRestrictions_BODY",
      "SizeRestrictions_QUERYSTRING",
    ]
    error_message = "What honest free text may look like is counted; all else is blocked."
  }

  assert {
    condition = alltrue(flatten([
      for rule in aws_wafv2_web_acl.api.rule : [
        for statement in rule.statement : [
          for group in statement.managed_rule_group_statement : [for override in group.rule_action_override : length(override.action_to_use[0].count) == 1]
        ]
      ]
    ]))
    error_message = "Those rules count."
  }

  assert {
    condition = [
      for rule in aws_wafv2_web_acl.api.rule : [one(one(rule.statement).rate_based_statement).limit, one(one(rule.statement).rate_based_statement).evaluation_window_sec] if rule.name == "requests-per-address"
    ] == [[45000, 300]]
    error_message = "An address may send what is asked for within five minutes."
  }

  assert {
    condition = [
      for rule in aws_wafv2_web_acl.api.rule : one(one(one(rule.action).block).custom_response).response_code if rule.name == "requests-per-address"
    ] == [429] && one(aws_wafv2_web_acl.api.custom_response_body).content == var.too_many_requests
    error_message = "Above it an address is told to slow down."
  }

  assert {
    condition = startswith(aws_cloudwatch_log_group.waf.name, "aws-waf-logs-") && toset(flatten([
      for field in aws_wafv2_web_acl_logging_configuration.api.redacted_fields : concat(field.single_header[*].name, [for query in field.query_string : "query"])
    ])) == toset(["authorization", "query"])
    error_message = "What is blocked is logged, without the token and the query."
  }
}

run "refuses_too_low_a_limit" {
  command = plan

  variables {
    requests_per_five_minutes = 1
  }

  expect_failures = [var.requests_per_five_minutes]
}
