output "id" {
  description = "The API's id."
  value       = aws_api_gateway_rest_api.api.id
}

output "stage" {
  description = "The stage's name, known once the stage exists."
  value       = aws_api_gateway_stage.api.stage_name
}

output "stage_arn" {
  description = "The stage's ARN, for the firewall."
  value       = aws_api_gateway_stage.api.arn
}

output "url" {
  description = "Where callers reach the API, without a slash at the end."
  value       = var.domain == null ? aws_api_gateway_stage.api.invoke_url : "https://${var.domain.name}"
}
