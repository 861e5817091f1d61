mock_provider "aws" {
  mock_resource "aws_cognito_user_pool" {
    defaults = { id = "eu-central-1_Abc123" }
  }
}

variables {
  name                = "millrace-dev"
  region              = "eu-central-1"
  domain_prefix       = "millrace-dev-123456789012"
  callback_urls       = ["http://localhost:4000/"]
  deletion_protection = true
}

run "pool" {
  assert {
    condition     = output.issuer == "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Abc123"
    error_message = "The issuer is the pool."
  }

  assert {
    condition     = length([for name in aws_cognito_user_pool_client.console.write_attributes : name if startswith(name, "custom:")]) == 0
    error_message = "A user cannot give himself a role or an organization."
  }

  assert {
    condition     = aws_cognito_user_pool.pool.admin_create_user_config[0].allow_admin_create_user_only && aws_cognito_user_pool.pool.deletion_protection == "ACTIVE"
    error_message = "Nobody signs up by himself, and the pool is protected."
  }

  assert {
    condition     = toset([for s in aws_cognito_user_pool.pool.schema : s.name]) == toset(["Role", "organizationId"])
    error_message = "The claims exist."
  }
}

run "refuses_plain_text_addresses" {
  command = plan

  variables {
    callback_urls = ["http://example.org/"]
  }

  expect_failures = [var.callback_urls]
}
