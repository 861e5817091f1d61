resource "aws_cognito_user_pool" "pool" {
  name                     = var.name
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  mfa_configuration        = "OPTIONAL"

  software_token_mfa_configuration {
    enabled = true
  }

  # Users cannot sign up, because they may not choose their organization: an administrator makes their accounts.
  admin_create_user_config {
    allow_admin_create_user_only = true
  }

  password_policy {
    minimum_length                   = 12
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = false
    require_uppercase                = true
    temporary_password_validity_days = 3
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  # Cognito prefixes them: the claims are custom:organizationId and custom:Role.
  dynamic "schema" {
    for_each = ["organizationId", "Role"]

    content {
      name                     = schema.value
      attribute_data_type      = "String"
      mutable                  = true
      required                 = false
      developer_only_attribute = false

      string_attribute_constraints {
        min_length = "0"
        max_length = "2048"
      }
    }
  }
}

resource "aws_cognito_user_pool_domain" "pool" {
  domain       = var.domain_prefix
  user_pool_id = aws_cognito_user_pool.pool.id
}

resource "aws_cognito_user_pool_client" "console" {
  name         = "${var.name}-console"
  user_pool_id = aws_cognito_user_pool.pool.id

  # A page in a browser keeps no secret: authorization code with PKCE.
  generate_secret                      = false
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = ["openid", "email", "profile"]
  supported_identity_providers         = ["COGNITO"]
  callback_urls                        = var.callback_urls
  logout_urls                          = var.logout_urls
  # The admin's flow asks for AWS credentials of the account: by it CI signs its test user in.
  explicit_auth_flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]

  enable_token_revocation       = true
  prevent_user_existence_errors = "ENABLED"

  id_token_validity      = 1
  access_token_validity  = 1
  refresh_token_validity = 12

  token_validity_units {
    id_token      = "hours"
    access_token  = "hours"
    refresh_token = "hours"
  }

  read_attributes = ["custom:Role", "custom:organizationId", "email", "name"]
  # Left out, the client could write every attribute, and a user give himself any role.
  write_attributes = ["email", "name"]
}
