mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/millrace-account-gateway-logs-eu-central-1" }
  }
}

variables {
  account_id = "123456789012"
  region     = "eu-central-1"
}

run "api_gateway_gets_the_role" {
  command = apply

  assert {
    condition     = aws_api_gateway_account.account.cloudwatch_role_arn == aws_iam_role.gateway.arn && output.gateway_role_arn == aws_iam_role.gateway.arn
    error_message = "API Gateway writes logs by the role."
  }

  assert {
    condition     = endswith(aws_iam_role_policy_attachment.gateway.policy_arn, ":policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs")
    error_message = "The role may write logs."
  }
}

run "only_the_gateway_takes_it" {
  command = plan

  assert {
    condition     = one(one(data.aws_iam_policy_document.gateway.statement).principals).identifiers == toset(["apigateway.amazonaws.com"])
    error_message = "API Gateway alone takes the role."
  }
}

run "two_regions_have_two_roles" {
  command = plan

  variables {
    region                   = "us-east-1"
    role_path                = "/millrace/"
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_iam_role.gateway.name == "millrace-account-gateway-logs-us-east-1"
    error_message = "Roles are the account's: their names differ by region."
  }

  assert {
    condition     = aws_iam_role.gateway.path == "/millrace/" && aws_iam_role.gateway.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "The account's rules for roles are kept."
  }
}

run "refuses_a_bad_path" {
  command = plan

  variables {
    role_path = "millrace"
  }

  expect_failures = [var.role_path]
}
