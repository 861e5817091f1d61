output "gateway_role_arn" {
  description = "The role by which API Gateway writes logs in this region."
  value       = aws_api_gateway_account.account.cloudwatch_role_arn
}
