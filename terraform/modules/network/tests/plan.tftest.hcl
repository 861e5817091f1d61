mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1a", "eu-central-1b", "eu-central-1c"] }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  name                = "millrace-prd"
  region              = "eu-central-1"
  interface_endpoints = ["kms", "sqs"]
  table_arns          = ["arn:aws:dynamodb:eu-central-1:123456789012:table/millrace-prd-*"]
  bucket_arns         = ["arn:aws:s3:::millrace-prd-*"]
  egress              = false
  key_arn             = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  log_retention_days  = 90
}

run "closed" {
  command = plan

  assert {
    condition     = { for name, subnet in aws_subnet.subnet : name => subnet.cidr_block } == { private-0 = "10.20.0.0/20", private-1 = "10.20.16.0/20" }
    error_message = "There are private subnets and no others."
  }

  assert {
    condition     = length(aws_internet_gateway.network) == 0 && length(aws_nat_gateway.nat) == 0 && length(aws_route.out) == 0 && length(aws_route.nat) == 0
    error_message = "Nothing leads out."
  }

  assert {
    condition     = keys(aws_vpc_endpoint.gateway) == ["dynamodb", "s3"] && keys(aws_vpc_endpoint.interface) == ["kms", "sqs"]
    error_message = "There are the two gateways and the endpoints asked for."
  }

  assert {
    condition     = data.aws_iam_policy_document.gateway["dynamodb"].statement[0].resources == toset(var.table_arns) && one(data.aws_iam_policy_document.interface.statement[0].condition).values == tolist(["123456789012"])
    error_message = "Endpoints lead to the platform's tables, for this account's calls."
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.internet) == 0
    error_message = "Private functions may not call out."
  }
}

run "with_egress" {
  command = plan

  variables {
    egress       = true
    zones        = 3
    nat_per_zone = true
  }

  assert {
    condition     = length(aws_nat_gateway.nat) == 3 && length(aws_subnet.subnet) == 9
    error_message = "Each zone has its own way out."
  }

  assert {
    condition     = length(distinct([for subnet in aws_subnet.subnet : subnet.cidr_block])) == 9
    error_message = "Subnets do not overlap."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_egress_rule.internet : rule.from_port == 443]) && keys(aws_vpc_security_group_egress_rule.internet) == ["egress"]
    error_message = "Calls go out over TLS, from the functions that ask for it."
  }
}

run "refuses_a_small_network" {
  command = plan

  variables {
    cidr = "10.0.0.0/28"
  }

  expect_failures = [var.cidr]
}

run "role_as_the_account_wants_it" {
  command = plan

  variables {
    role_path                = "/millrace/"
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/millrace-boundary"
    role_tags                = { Owner = "operations" }
  }

  assert {
    condition     = [aws_iam_role.flow.path, aws_iam_role.flow.permissions_boundary, aws_iam_role.flow.tags] == ["/millrace/", "arn:aws:iam::123456789012:policy/millrace-boundary", tomap({ Owner = "operations" })]
    error_message = "The role has the path, the boundary and the tags."
  }
}
