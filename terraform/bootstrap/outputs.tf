output "backend_hcl" {
  description = "Contents of terraform/environments/backend.hcl."
  value       = <<-HCL
    bucket     = "${module.state.name}"
    region     = "${var.region}"
    kms_key_id = "${aws_kms_alias.store["state"].name}"
  HCL
}

output "repository_variables" {
  description = "Variables of the GitHub repository."
  value = {
    AWS_REGION             = var.region
    TERRAFORM_STATE_BUCKET = module.state.name
    TERRAFORM_STATE_KEY    = aws_kms_key.store["state"].arn
    ARTIFACTS_BUCKET       = module.artifacts.name
    ARTIFACTS_KEY          = aws_kms_key.store["artifacts"].arn
  }
}

output "role_arns" {
  description = "AWS_ROLE_ARN of each GitHub environment."
  value       = merge([for roles in module.roles : roles.role_arns]...)
}

output "boundary_arns" {
  description = "Permissions boundary of each environment, which its Terraform has to give the roles that it makes."
  value       = { for environment, roles in module.roles : environment => roles.boundary_arn }
}
