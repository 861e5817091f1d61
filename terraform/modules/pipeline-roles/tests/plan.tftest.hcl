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
    defaults = { arn = "arn:aws:iam::123456789012:policy/millrace-boundary-prd" }
  }
}

variables {
  environment          = "prd"
  region               = "eu-central-1"
  repository           = "example/millrace"
  release              = true
  private_network      = true
  oidc_provider_arn    = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  state_bucket_arn     = "arn:aws:s3:::millrace-state-123456789012"
  state_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  artifacts_bucket_arn = "arn:aws:s3:::millrace-artifacts-123456789012"
  artifacts_key_arn    = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111"
}

run "one_role_for_each_github_environment" {
  command = plan

  assert {
    condition     = [for role in aws_iam_role.power : role.name] == ["millrace-pipeline-prd", "millrace-pipeline-prd-plan", "millrace-pipeline-prd-release"]
    error_message = "Planning, deploying and going back are three roles."
  }

  assert {
    condition = alltrue([
      for power, environment in { plan = "prd-plan", deploy = "prd", release = "prd-release" } : toset(flatten([
        for condition in one(data.aws_iam_policy_document.trust[power].statement).condition : ["${condition.test} ${condition.variable} ${join(",", condition.values)}"]
        ])) == toset([
        "StringEquals token.actions.githubusercontent.com:aud sts.amazonaws.com",
        "StringEquals token.actions.githubusercontent.com:sub repo:example/millrace:environment:${environment}",
      ])
    ])
    error_message = "A job gets the role of its own GitHub environment in this very repository, and no other."
  }

  assert {
    condition     = keys(aws_iam_role_policy_attachment.power) == ["deploy/deploy-compute", "deploy/deploy-data", "deploy/deploy-edge", "deploy/deploy-network", "deploy/read", "plan/read", "release/read", "release/release"]
    error_message = "Who plans only reads, and who goes back reads and changes what is there."
  }
}

run "roles_are_made_with_the_boundary_only" {
  command = apply

  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.compute.statement : one(statement.condition).variable == "iam:PermissionsBoundary" && one(one(statement.condition).values) == aws_iam_policy.boundary.arn
      if length(setintersection(statement.actions, ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"])) > 0
    ])
    error_message = "A role without the boundary, or a policy for one, is refused."
  }

  assert {
    condition = length(setsubtract(
      flatten([
        for document in [data.aws_iam_policy_document.compute, data.aws_iam_policy_document.data, data.aws_iam_policy_document.edge, data.aws_iam_policy_document.network, data.aws_iam_policy_document.release] : [
          for statement in document.statement : [for action in statement.actions : action if startswith(action, "iam:")] if statement.effect != "Deny"
        ]
      ]),
      ["iam:AttachRolePolicy", "iam:CreateRole", "iam:CreateServiceLinkedRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PassRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"],
    )) == 0
    error_message = "No user, no key, no policy of the account's own, and no role loses its boundary."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.boundary.statement : !contains(statement.actions, "*") && length([for action in statement.actions : action if startswith(action, "iam:") && action != "iam:PassRole"]) == 0])
    error_message = "The boundary lets nothing that the environment makes change rights."
  }
}

run "names_end_at_the_environment" {
  command = plan

  # Each name after `millrace-` in a policy is this environment's.
  assert {
    condition = alltrue([
      for name in regexall("[:/]millrace-[a-z0-9*-]*", jsonencode([
        for document in [data.aws_iam_policy_document.boundary, data.aws_iam_policy_document.compute, data.aws_iam_policy_document.data, data.aws_iam_policy_document.edge, data.aws_iam_policy_document.network, data.aws_iam_policy_document.read, data.aws_iam_policy_document.release] : [for statement in document.statement : statement.resources]
      ])) : can(regex("^[:/]millrace-prd(-\\*)?$", name))
    ])
    error_message = "No policy reaches another environment by its name."
  }

  assert {
    condition = alltrue([
      for document in [data.aws_iam_policy_document.compute, data.aws_iam_policy_document.release] : anytrue([
        for statement in document.statement : statement.effect == "Deny" && statement.actions == toset(["*"]) && length(statement.condition) == 2
      ])
    ])
    error_message = "What has no name is kept apart by its tag."
  }

  assert {
    condition = alltrue(flatten([
      for power, document in data.aws_iam_policy_document.stores : [
        for statement in document.statement : [for resource in statement.resources : startswith(resource, "${var.state_bucket_arn}/millrace/prd/") || !startswith(resource, "${var.state_bucket_arn}/")]
      ]
    ]))
    error_message = "No role sees another environment's state."
  }
}

run "who_plans_writes_plans_only" {
  command = plan

  assert {
    condition     = toset(flatten([for statement in data.aws_iam_policy_document.stores["plan"].statement : statement.resources if contains(statement.actions, "s3:PutObject")])) == toset(["arn:aws:s3:::millrace-artifacts-123456789012/plans/prd/*"])
    error_message = "Planning writes no state."
  }

  assert {
    condition     = length([for statement in data.aws_iam_policy_document.stores["plan"].statement : statement if contains(statement.actions, "s3:DeleteObject")]) == 0
    error_message = "Planning deletes nothing."
  }

  assert {
    condition = alltrue(flatten([
      for statement in data.aws_iam_policy_document.read.statement : [
        for action in statement.actions : can(regex("^[a-z0-9-]+:(Describe|Get|List|View|GET$)", action)) || action == "kms:Decrypt"
      ]
    ]))
    error_message = "Reading changes nothing."
  }

  assert {
    condition = length(setintersection(flatten([for statement in data.aws_iam_policy_document.read.statement : statement.actions]), [
      "dynamodb:GetItem", "dynamodb:Get*", "s3:GetObject", "s3:Get*", "s3:*", "sqs:ReceiveMessage", "secretsmanager:GetSecretValue", "logs:Get*", "logs:GetLogEvents", "logs:FilterLogEvents",
    ])) == 0
    error_message = "Reading the configuration reads no data and no secret."
  }
}

run "an_environment_without_approval" {
  command = plan

  variables {
    environment     = "dev"
    release         = false
    private_network = false
    test_users      = true
  }

  assert {
    condition     = keys(output.role_arns) == ["dev", "dev-plan"] && !contains(keys(aws_iam_policy.policy), "deploy-network")
    error_message = "It has neither a role to go back nor rights on networks."
  }

  assert {
    condition     = length([for statement in data.aws_iam_policy_document.stores["plan"].statement : statement if contains(statement.actions, "s3:PutObject")]) == 0
    error_message = "Its plans are not kept."
  }

  assert {
    condition     = anytrue([for statement in data.aws_iam_policy_document.stores["deploy"].statement : statement.resources == toset(["arn:aws:secretsmanager:eu-central-1:123456789012:secret:millrace-dev-test-*"])])
    error_message = "It signs its test users in."
  }
}

run "refuses_a_pattern_for_a_repository" {
  command = plan

  variables {
    repository = "example/*"
  }

  expect_failures = [var.repository]
}

run "refuses_an_environment_called_like_its_own_roles" {
  command = plan

  variables {
    environment = "pipeline-two"
  }

  expect_failures = [var.environment]
}
