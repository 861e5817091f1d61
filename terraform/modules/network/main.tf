data "aws_availability_zones" "available" {
  state = "available"

  # Local zones have no endpoints.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = slice(data.aws_availability_zones.available.names, 0, var.zones)
  # Sixteenths of the network: four each for private, egress and public subnets.
  subnets = merge(
    { for i, zone in local.zones : "private-${i}" => { kind = "private", zone = zone, index = i, cidr = cidrsubnet(var.cidr, 4, i) } },
    { for i, zone in local.zones : "egress-${i}" => { kind = "egress", zone = zone, index = i, cidr = cidrsubnet(var.cidr, 4, 4 + i) } if var.egress },
    { for i, zone in local.zones : "public-${i}" => { kind = "public", zone = zone, index = i, cidr = cidrsubnet(var.cidr, 4, 8 + i) } if var.egress },
  )
}

resource "aws_vpc" "network" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# A resource without a security group of its own gets this one, which reaches nothing.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.network.id

  tags = { Name = "${var.name}-closed" }
}

resource "aws_subnet" "subnet" {
  for_each = local.subnets

  vpc_id                  = aws_vpc.network.id
  availability_zone       = each.value.zone
  cidr_block              = each.value.cidr
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_route_table" "subnet" {
  for_each = local.subnets

  vpc_id = aws_vpc.network.id

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_route_table_association" "subnet" {
  for_each = local.subnets

  subnet_id      = aws_subnet.subnet[each.key].id
  route_table_id = aws_route_table.subnet[each.key].id
}
