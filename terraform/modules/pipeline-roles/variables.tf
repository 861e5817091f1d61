variable "environment" {
  description = "The environment whose resources the roles may change: all that is called `millrace-<environment>-…`."
  type        = string

  validation {
    # `millrace-pipeline-…`, `millrace-boundary-…` and `millrace-account-…` are the bootstrap's own.
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.environment)) && !contains(["default", "pipeline", "boundary", "account"], split("-", var.environment)[0])
    error_message = "An environment is 2 to 16 lower-case letters, digits and hyphens, and does not begin with default, pipeline, boundary or account."
  }
}

variable "region" {
  description = "AWS region of the environment."
  type        = string
}

variable "repository" {
  description = "`<owner>/<repository>` on GitHub, whose jobs get the roles."
  type        = string

  validation {
    # A star here would give the roles to strangers.
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.repository))
    error_message = "The repository is <owner>/<repository>, without any pattern."
  }
}

variable "oidc_provider_arn" {
  description = "GitHub's OIDC provider in this account."
  type        = string
}

variable "role_path" {
  description = "Path of the roles that the environment's Terraform makes."
  type        = string
  default     = "/"

  validation {
    condition     = can(regex("^/([A-Za-z0-9_.-]+/)*$", var.role_path))
    error_message = "A path begins and ends with a slash."
  }
}

variable "release" {
  description = "Whether the environment is released to with approval, and goes back without: it has a third role, `<environment>-release`."
  type        = bool
  default     = false
}

variable "test_users" {
  description = "Whether the pipeline signs test users in: their secrets are called `millrace-<environment>-test-…`."
  type        = bool
  default     = false
}

variable "private_network" {
  description = "Whether the environment has a private network."
  type        = bool
  default     = false
}

variable "hosted_zone_ids" {
  description = "Hosted zones in which the environment's domain gets its records."
  type        = list(string)
  default     = []
}

variable "state_bucket_arn" {
  description = "The bucket with Terraform's state."
  type        = string
}

variable "state_key_arn" {
  description = "The key that encrypts the state."
  type        = string
}

variable "artifacts_bucket_arn" {
  description = "The bucket with plans and releases."
  type        = string
}

variable "artifacts_key_arn" {
  description = "The key that encrypts plans and releases."
  type        = string
}
