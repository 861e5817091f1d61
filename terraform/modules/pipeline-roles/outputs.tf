output "role_arns" {
  description = "ARN of the role of each GitHub environment, by its name."
  value       = { for power, environment in local.powers : environment => aws_iam_role.power[power].arn }
}

output "boundary_arn" {
  description = "The permissions boundary of the roles that the environment's Terraform makes."
  value       = aws_iam_policy.boundary.arn
}
