mock_provider "aws" {}

variables {
  prefix        = "millrace-dev"
  api_id        = "a1b2c3d4e5"
  stage         = "live"
  organizations = { first-credit = { rate_per_second = 50, burst = 100, quota_per_day = 1000000 } }
  default_plan  = { rate_per_second = 10, burst = 20, quota_per_day = 100000 }
}

run "plans" {
  command = plan

  assert {
    condition     = nonsensitive(aws_api_gateway_api_key.plan["first-credit"].value) == "millrace-dev-organization-first-credit"
    error_message = "The authorizer finds an organization's plan by this value."
  }

  assert {
    condition     = nonsensitive(aws_api_gateway_api_key.plan["-default"].value) == "millrace-dev-organization--default"
    error_message = "The authorizer finds the shared plan by this value."
  }

  assert {
    condition     = one(aws_api_gateway_usage_plan.plan["first-credit"].quota_settings).limit == 1000000 && one(aws_api_gateway_usage_plan.plan["-default"].throttle_settings).rate_limit == 10
    error_message = "Each plan has its own rate and quota."
  }
}

run "refuses_what_is_no_organization" {
  command = plan

  variables {
    organizations = { "-default" = { rate_per_second = 1, burst = 1, quota_per_day = 1 } }
  }

  expect_failures = [var.organizations]
}
