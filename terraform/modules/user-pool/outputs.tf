output "issuer" {
  description = "The `iss` of the pool's tokens."
  value       = "https://cognito-idp.${var.region}.amazonaws.com/${aws_cognito_user_pool.pool.id}"
}

output "client_id" {
  description = "The console's client id, the `aud` of its tokens."
  value       = aws_cognito_user_pool_client.console.id
}

output "sign_in_url" {
  description = "Address of the sign-in page."
  value       = "https://${aws_cognito_user_pool_domain.pool.domain}.auth.${var.region}.amazoncognito.com"
}
