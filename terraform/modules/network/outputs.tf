output "private" {
  description = "Subnets and security groups of functions whose network is `private`."
  value = {
    subnet_ids         = [for name, subnet in aws_subnet.subnet : subnet.id if local.subnets[name].kind == "private"]
    security_group_ids = [aws_security_group.functions["private"].id]
  }
}

output "egress" {
  description = "Subnets and security groups of functions whose network is `egress`; empty lists if there are none."
  value = {
    subnet_ids         = [for name, subnet in aws_subnet.subnet : subnet.id if local.subnets[name].kind == "egress"]
    security_group_ids = [for name, group in aws_security_group.functions : group.id if name == "egress"]
  }
}
