output "application" {
  description = "The CodeDeploy application."
  value       = aws_codedeploy_app.app.name
}

output "groups" {
  description = "The deployment group of each function, by its folder, known once it exists."
  value       = { for function, group in aws_codedeploy_deployment_group.function : function => group.deployment_group_name }
}
