output "arn" {
  description = "The firewall's ARN."
  value       = aws_wafv2_web_acl.api.arn
}
