data "aws_caller_identity" "current" {}

locals {
  gateways = { dynamodb = var.table_arns, s3 = var.bucket_arns }
}

data "aws_iam_policy_document" "gateway" {
  for_each = local.gateways

  statement {
    actions   = ["${each.key}:*"] # A function's own policy says what it may do; this one only limits the account.
    resources = each.value

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = local.gateways

  vpc_id            = aws_vpc.network.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  route_table_ids   = [for name, table in aws_route_table.subnet : table.id if local.subnets[name].kind != "public"]
  policy            = data.aws_iam_policy_document.gateway[each.key].json

  tags = { Name = "${var.name}-${each.key}" }
}

# An endpoint carries this account's calls only: a stolen credential of another account takes nothing out through it.
data "aws_iam_policy_document" "interface" {
  statement {
    actions   = ["*"]
    resources = ["*"] # The service is the endpoint's own.

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.network.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  private_dns_enabled = true
  subnet_ids          = [for name, subnet in aws_subnet.subnet : subnet.id if local.subnets[name].kind == "private"]
  security_group_ids  = [aws_security_group.endpoints.id]
  policy              = data.aws_iam_policy_document.interface.json

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "The endpoints of AWS services."
  vpc_id      = aws_vpc.network.id

  tags = { Name = "${var.name}-endpoints" }
}

resource "aws_security_group" "functions" {
  for_each = toset(var.egress ? ["private", "egress"] : ["private"])

  name        = "${var.name}-functions-${each.key}"
  description = "Functions whose network is ${each.key}."
  vpc_id      = aws_vpc.network.id

  tags = { Name = "${var.name}-functions-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each = aws_security_group.functions

  security_group_id            = aws_security_group.endpoints.id
  description                  = "Functions, ${each.key}."
  referenced_security_group_id = each.value.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "endpoints" {
  for_each = aws_security_group.functions

  security_group_id            = each.value.id
  description                  = "AWS services by their endpoints."
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "gateways" {
  for_each = { for pair in setproduct(keys(aws_security_group.functions), keys(local.gateways)) : join("-", pair) => { group = pair[0], gateway = pair[1] } }

  security_group_id = aws_security_group.functions[each.value.group].id
  description       = "${each.value.gateway} by its endpoint."
  prefix_list_id    = aws_vpc_endpoint.gateway[each.value.gateway].prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "internet" {
  for_each = { for name, group in aws_security_group.functions : name => group if name == "egress" }

  security_group_id = each.value.id
  description       = "Hubs and vendors."
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
