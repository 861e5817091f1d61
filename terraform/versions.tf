terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25, < 7"
    }
  }
}

provider "aws" {
  region = var.region
  # The second guard beside guard.tf: it holds for destroy and -target too.
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      Application = "millrace"
      Environment = local.environment
      ManagedBy   = "terraform"
    }
  }
}
