# Bucket, region and key come with `terraform init -backend-config=../environments/backend.hcl`.
terraform {
  backend "s3" {
    key                  = "account.tfstate"
    workspace_key_prefix = "millrace-account"
    encrypt              = true
    use_lockfile         = true
  }
}
