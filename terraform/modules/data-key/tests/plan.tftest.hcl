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
  name   = "millrace-dev-at-rest"
  region = "eu-central-1"

  role_arns = ["arn:aws:iam::123456789012:role/millrace-dev-data-presenter", "arn:aws:iam::123456789012:role/millrace-dev-data-persister"]
}

run "key" {
  command = plan

  assert {
    condition     = aws_kms_key.key.enable_key_rotation && aws_kms_alias.key.name == "alias/millrace-dev-at-rest"
    error_message = "The key is rotated and has an alias."
  }

  # Each service's path: without one of them that service's encryption fails.
  assert {
    condition = alltrue([
      for service in ["cloudwatch", "dynamodb", "events", "firehose", "lambda", "s3", "scheduler", "sns", "sqs"] :
      contains(one(data.aws_iam_policy_document.key.statement[3].principals).identifiers, "${service}.amazonaws.com")
    ])
    error_message = "Every service that uses the key is admitted."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.key.statement[3].condition) == { test = "StringEquals", variable = "aws:SourceAccount", values = tolist(["123456789012"]) }
    error_message = "Services are admitted for this account only."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.key.statement[5].condition).values == tolist(["arn:aws:logs:eu-central-1:123456789012:log-group:*"])
    error_message = "CloudWatch Logs is admitted for this account's log groups."
  }

  assert {
    condition = { for c in data.aws_iam_policy_document.key.statement[1].condition : c.variable => [c.test, c.values] } == {
      "aws:PrincipalArn"  = ["ArnEquals", tolist(var.role_arns)]
      "kms:CallerAccount" = ["StringEquals", tolist(["123456789012"])]
      "kms:ViaService"    = ["StringEquals", tolist([for service in ["dynamodb", "events", "firehose", "lambda", "s3", "secretsmanager", "sns", "sqs"] : "${service}.eu-central-1.amazonaws.com"])]
    }
    error_message = "The roles that are named use the key through services, and nobody else of the account does."
  }

  # A principal that is admitted without a condition is admitted for every account.
  assert {
    condition = [
      for statement in data.aws_iam_policy_document.key.statement : [one(statement.principals).identifiers, statement.actions] if length(statement.condition) == 0
      ] == [
      [toset(["arn:aws:iam::123456789012:root"]), toset(["kms:*"])],
      [toset(["events.amazonaws.com"]), toset(["kms:Decrypt", "kms:GenerateDataKey*"])],
    ]
    error_message = "EventBridge, which names no account for encrypted targets, is the one service without a condition."
  }
}

run "refuses_a_pattern_of_roles" {
  command = plan

  variables {
    role_arns = ["arn:aws:iam::123456789012:role/*"]
  }

  expect_failures = [var.role_arns]
}

run "refuses_a_hasty_deletion" {
  command = plan

  variables {
    deletion_days = 1
  }

  expect_failures = [var.deletion_days]
}
