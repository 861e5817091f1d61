# Values of the settings that resources.json lists. A function gets those that its manifest names.
locals {
  tokens = var.user_pool ? {
    issuer             = one(module.user_pool[*].issuer)
    audience           = one(module.user_pool[*].client_id)
    jwks_uri           = ""
    jwks               = ""
    use                = "id" # Cognito's access tokens carry no custom attributes.
    organization_claim = "custom:organizationId"
    role_claim         = "custom:Role"
  } : var.tokens

  settings = {
    TOKEN_ISSUER             = local.tokens.issuer
    TOKEN_AUDIENCE           = local.tokens.audience
    TOKEN_JWKS_URI           = local.tokens.jwks_uri
    TOKEN_JWKS               = local.tokens.jwks
    TOKEN_USE                = local.tokens.use
    TOKEN_ORGANIZATION_CLAIM = local.tokens.organization_claim
    TOKEN_ROLE_CLAIM         = local.tokens.role_claim
    ORGANIZATION_PLANS       = join(",", sort(keys(var.organizations)))
    CLEANSER_URL             = var.cleanser_url
    CLEANSER_SECRET          = "" # It is in Secrets Manager; here it would stand in the state.
    CLEANSER_MONTHLY_MAX     = var.cleanser_monthly_max == null ? "" : tostring(var.cleanser_monthly_max)
    DEFAULT_CURRENCY         = var.default_currency
    BUSINESS_EVENT_SINK      = var.business_event_sink
    BUSINESS_EVENT_SOURCE    = var.business_event_source
    BUS_ENTRY_BYTES          = var.bus_entry_bytes
    CHANGES_ORGANIZATION     = var.changes_organization
    LOG_STREAMS              = tostring(var.log_streams)
    LOG_DAYS                 = tostring(var.log_days)
    OPERATOR_ORGANIZATION    = var.operator_organization
    RELEASE_VERSION          = var.release_version
  }
}
