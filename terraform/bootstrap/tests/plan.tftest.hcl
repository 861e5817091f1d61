mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/millrace" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }
}

variables {
  account_id = "123456789012"
  region     = "eu-central-1"
  repository = "example/millrace"
  environments = {
    dev = { test_users = true }
    prd = { release = true, private_network = true }
  }
}

run "everything_the_pipeline_needs" {
  command = apply

  assert {
    condition     = keys(output.role_arns) == ["dev", "dev-plan", "prd", "prd-plan", "prd-release"]
    error_message = "Each GitHub environment has a role."
  }

  assert {
    condition     = keys(output.boundary_arns) == ["dev", "prd"]
    error_message = "Each environment has a permissions boundary."
  }

  assert {
    condition     = output.repository_variables.TERRAFORM_STATE_BUCKET == module.state.name && output.repository_variables.ARTIFACTS_BUCKET == module.artifacts.name && output.repository_variables.AWS_REGION == "eu-central-1"
    error_message = "The repository's variables name what was made."
  }

  assert {
    condition     = output.backend_hcl == <<-HCL
      bucket     = "${module.state.name}"
      region     = "eu-central-1"
      kms_key_id = "alias/millrace-state"
    HCL
    error_message = "The output is the whole of backend.hcl."
  }

  assert {
    condition     = aws_iam_openid_connect_provider.github[0].url == "https://token.actions.githubusercontent.com" && aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "GitHub's tokens are exchanged for AWS's."
  }
}

run "keys_turn_and_are_two" {
  command = plan

  assert {
    condition     = keys(aws_kms_key.store) == ["artifacts", "state"] && alltrue([for key in aws_kms_key.store : key.enable_key_rotation])
    error_message = "State and artifacts have a key each."
  }
}

run "an_account_that_has_the_provider" {
  command = plan

  variables {
    create_oidc_provider = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "There is one provider of this address in an account."
  }
}

run "refuses_environments_that_reach_each_other" {
  command = plan

  variables {
    environments = { dev = {}, dev-two = {} }
  }

  expect_failures = [var.environments]
}

run "takes_environments_that_only_begin_alike" {
  command = plan

  variables {
    environments = { dev = {}, dev2 = {} }
  }
}
