mock_provider "aws" {}

variables {
  name               = "millrace-dev"
  stage_arn          = "arn:aws:apigateway:eu-central-1::/restapis/a1b2c3d4e5/stages/live"
  key_arn            = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  log_retention_days = 14
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
    ]) == ["SizeRestrictions_BODY"]
    error_message = "Bodies up to 1 MB pass."
  }

  assert {
    condition     = startswith(aws_cloudwatch_log_group.waf.name, "aws-waf-logs-") && aws_wafv2_web_acl_logging_configuration.api.redacted_fields[0].single_header[0].name == "authorization"
    error_message = "What is blocked is logged, without the token."
  }
}

run "refuses_too_low_a_limit" {
  command = plan

  variables {
    requests_per_five_minutes = 1
  }

  expect_failures = [var.requests_per_five_minutes]
}
