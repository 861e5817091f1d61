module "network" {
  source = "./modules/network"
  count  = var.private_network ? 1 : 0

  name                = local.prefix
  region              = var.region
  cidr                = var.network_cidr
  zones               = var.network_zones
  nat_per_zone        = var.network_nat_per_zone
  interface_endpoints = setunion(var.network_endpoints, local.called_services)
  table_arns          = ["${local.at.dynamodb}:table/${local.prefix}-*"]
  bucket_arns         = ["arn:${local.partition}:s3:::${local.prefix}-*"]
  egress              = anytrue([for function in local.functions : function.network == "egress"])
  key_arn             = module.data_key.arn
  log_retention_days  = var.log_retention_days

  role_path                = var.role_path
  permissions_boundary_arn = var.permissions_boundary_arn
  role_tags                = var.role_tags
}

locals {
  # Services that functions inside call; DynamoDB and S3 have gateways. A secret is read every few minutes: where there is a
  # way out anyway, an endpoint for it would cost more than it saves.
  called_services = setsubtract(
    [for grant in local.grants : local.rights[grant.kind].service if local.functions[grant.function].network != "none" && !(grant.kind == "secrets" && local.functions[grant.function].network == "egress")],
    ["dynamodb", "s3"],
  )

  networks = {
    none    = null
    private = one(module.network[*].private)
    egress  = one(module.network[*].egress)
  }
}
