# Bucket, region and key come with `terraform init -backend-config=environments/backend.hcl`; see
# environments/backend.hcl.example. All workspaces of one account share one backend.
terraform {
  backend "s3" {
    key                  = "terraform.tfstate"
    workspace_key_prefix = "millrace"
    encrypt              = true
    use_lockfile         = true
  }
}
