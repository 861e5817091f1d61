mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
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
  name                  = "millrace-dev-data-presenter"
  description           = "Answers a user's own records."
  package_file          = "data-presenter.zip"
  package_hash          = "qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A+4XSmaGSpEc="
  timeout_seconds       = 15
  memory_mb             = 256
  environment_variables = { ENVIRONMENT = "dev" }
  statements = [
    { actions = ["dynamodb:GetItem"], resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/millrace-dev-records"] },
    { actions = ["kms:GenerateMac"], resources = ["arn:aws:kms:eu-central-1:123456789012:key/*"], request_alias = "alias/millrace-dev-cursors" },
  ]
  key_arn            = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  log_retention_days = 14
}

run "function" {
  command = plan

  assert {
    condition     = aws_lambda_function.function.runtime == "nodejs24.x" && aws_lambda_function.function.architectures == tolist(["arm64"])
    error_message = "A function runs Node 24 on arm64."
  }

  assert {
    condition     = aws_lambda_function.function.tracing_config[0].mode == "Active"
    error_message = "X-Ray is active."
  }

  assert {
    condition     = aws_lambda_function.function.reserved_concurrent_executions == -1 && length(aws_lambda_provisioned_concurrency_config.live) == 0
    error_message = "Nothing is reserved or kept warm unless asked for."
  }

  assert {
    condition     = aws_cloudwatch_log_group.function.name == "/aws/lambda/millrace-dev-data-presenter" && aws_cloudwatch_log_group.function.retention_in_days == 14
    error_message = "The log group is the function's own and forgets."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.function.statement) == 4
    error_message = "Logs, traces and the two grants, and nothing more."
  }

  assert {
    condition     = data.aws_iam_policy_document.function.statement[0].resources == toset(["arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/millrace-dev-data-presenter:*"])
    error_message = "The function writes to its own log group only."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.function.statement[3].condition).values == tolist(["alias/millrace-dev-cursors"])
    error_message = "A key's grant holds for the key of its alias only."
  }

  assert {
    condition     = length(aws_lambda_function_event_invoke_config.function) == 0
    error_message = "Without asynchronous invocations there is no dead-letter target."
  }
}

run "asynchronous_in_the_private_network" {
  command = plan

  variables {
    asynchronous            = true
    dead_letter_queue_arn   = "arn:aws:sqs:eu-central-1:123456789012:millrace-dev-data-presenter-dead"
    network                 = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
    provisioned_concurrency = 2
    reserved_concurrency    = 5
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.function[0].maximum_retry_attempts == 2
    error_message = "An asynchronous invocation is tried three times."
  }

  assert {
    condition     = [for s in data.aws_iam_policy_document.function.statement : s.sid][2] == "NetworkInterfaces" && data.aws_iam_policy_document.function.statement[3].effect == "Deny"
    error_message = "Lambda may make network interfaces, the code may not."
  }

  assert {
    condition     = aws_lambda_provisioned_concurrency_config.live[0].qualifier == "live" && aws_lambda_function_event_invoke_config.function[0].qualifier == "live"
    error_message = "Warm instances and retries stand behind the alias."
  }
}

run "first_version" {
  state_key = "versions"

  override_resource {
    target = aws_lambda_function.function
    values = { version = "1" }
  }

  assert {
    condition     = aws_lambda_function.function.publish && aws_lambda_alias.live.name == "live" && aws_lambda_alias.live.function_version == "1" && output.version == "1"
    error_message = "The alias begins with the first version."
  }

  assert {
    condition     = output.target_arn == aws_lambda_alias.live.arn && output.qualifier == "live"
    error_message = "Triggers invoke the alias."
  }
}

run "next_version" {
  state_key = "versions"

  # The mocked provider gives a version only to what it makes.
  plan_options {
    replace = [aws_lambda_function.function]
  }

  override_resource {
    target = aws_lambda_function.function
    values = { version = "2" }
  }

  assert {
    condition     = output.version == "2" && aws_lambda_alias.live.function_version == "1"
    error_message = "An apply publishes a version and leaves the alias to the roll-out."
  }
}

run "refuses_wildcard_actions" {
  command = plan

  variables {
    statements = [{ actions = ["dynamodb:*"], resources = ["*"] }]
  }

  expect_failures = [var.statements]
}

run "role_as_the_account_wants_it" {
  command = plan

  variables {
    role_path                = "/millrace/"
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/millrace-boundary"
    role_tags                = { Owner = "operations" }
  }

  assert {
    condition     = [aws_iam_role.function.path, aws_iam_role.function.permissions_boundary, aws_iam_role.function.tags] == ["/millrace/", "arn:aws:iam::123456789012:policy/millrace-boundary", tomap({ Owner = "operations" })]
    error_message = "The role has the path, the boundary and the tags."
  }
}
