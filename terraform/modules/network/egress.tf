# The way to the internet, only if some function's manifest asks for it.
locals {
  nats = var.egress ? toset([for i in range(var.nat_per_zone ? var.zones : 1) : tostring(i)]) : toset([])
}

resource "aws_internet_gateway" "network" {
  count = var.egress ? 1 : 0

  vpc_id = aws_vpc.network.id

  tags = { Name = var.name }
}

resource "aws_eip" "nat" {
  for_each = local.nats

  domain = "vpc"

  tags = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "nat" {
  for_each = local.nats

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.subnet["public-${each.key}"].id

  tags = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_internet_gateway.network]
}

resource "aws_route" "out" {
  for_each = { for name, subnet in local.subnets : name => subnet if subnet.kind == "public" }

  route_table_id         = aws_route_table.subnet[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.network[0].id
}

resource "aws_route" "nat" {
  for_each = { for name, subnet in local.subnets : name => subnet if subnet.kind == "egress" }

  route_table_id         = aws_route_table.subnet[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.nat[var.nat_per_zone ? tostring(each.value.index) : "0"].id
}
