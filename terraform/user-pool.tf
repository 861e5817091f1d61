module "user_pool" {
  source = "./modules/user-pool"
  count  = var.user_pool ? 1 : 0

  name                = local.prefix
  region              = var.region
  domain_prefix       = "${local.prefix}-${var.account_id}"
  callback_urls       = var.user_pool_callback_urls
  logout_urls         = var.user_pool_logout_urls
  deletion_protection = var.deletion_protection
}
