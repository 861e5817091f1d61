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
}

variables {
  name   = "millrace-prd"
  region = "eu-central-1"
  shift  = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
  functions = {
    data-presenter = { name = "millrace-prd-data-presenter", alarms = ["millrace-prd-data-presenter-errors"] }
  }
}

run "canary" {
  command = plan

  assert {
    condition     = aws_codedeploy_app.app.compute_platform == "Lambda" && aws_codedeploy_deployment_group.function["data-presenter"].deployment_config_name == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    error_message = "A tenth goes first."
  }

  assert {
    condition     = aws_codedeploy_deployment_group.function["data-presenter"].deployment_style[0] == { deployment_option = "WITH_TRAFFIC_CONTROL", deployment_type = "BLUE_GREEN" }
    error_message = "Lambda's aliases move in no other way."
  }

  assert {
    condition     = aws_codedeploy_deployment_group.function["data-presenter"].alarm_configuration[0].enabled && aws_codedeploy_deployment_group.function["data-presenter"].alarm_configuration[0].alarms == toset(["millrace-prd-data-presenter-errors"])
    error_message = "The function's own alarm ends the roll-out."
  }

  assert {
    condition     = contains(aws_codedeploy_deployment_group.function["data-presenter"].auto_rollback_configuration[0].events, "DEPLOYMENT_STOP_ON_ALARM")
    error_message = "What an alarm ended is taken back."
  }

  assert {
    condition = [for statement in data.aws_iam_policy_document.rollout.statement : [statement.actions, statement.resources]] == [
      [toset(["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]), toset(["arn:aws:lambda:eu-central-1:123456789012:function:millrace-prd-data-presenter*"])],
      [toset(["cloudwatch:DescribeAlarms"]), toset(["*"])],
    ]
    error_message = "The role moves aliases and reads alarms, and nothing else."
  }
}

run "at_once_without_alarms" {
  command = plan

  variables {
    shift     = "CodeDeployDefault.LambdaAllAtOnce"
    functions = { data-presenter = { name = "millrace-dev-data-presenter", alarms = [] } }
  }

  assert {
    condition     = !aws_codedeploy_deployment_group.function["data-presenter"].alarm_configuration[0].enabled
    error_message = "Where there are no alarms the whole alias moves."
  }
}

run "refuses_a_canary_without_alarms" {
  command = plan

  variables {
    functions = { data-presenter = { name = "millrace-dev-data-presenter", alarms = [] } }
  }

  expect_failures = [var.shift]
}

run "role_as_the_account_wants_it" {
  command = plan

  variables {
    role_path                = "/millrace/"
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/millrace-boundary"
    role_tags                = { Owner = "operations" }
  }

  assert {
    condition     = [aws_iam_role.rollout.path, aws_iam_role.rollout.permissions_boundary, aws_iam_role.rollout.tags] == ["/millrace/", "arn:aws:iam::123456789012:policy/millrace-boundary", tomap({ Owner = "operations" })]
    error_message = "The role has the path, the boundary and the tags."
  }
}
