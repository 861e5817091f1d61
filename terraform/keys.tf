module "data_key" {
  source = "./modules/data-key"

  name   = "${local.prefix}-at-rest"
  region = var.region
}

module "mac_key" {
  source   = "./modules/mac-key"
  for_each = { for name, key in local.resources.keys : name => key if key.kind == "hmac" }

  name        = "${local.prefix}-${each.key}"
  description = each.value.description
}
