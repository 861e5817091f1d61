variable "account_id" {
  description = "The AWS account; credentials of any other are refused."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "region" {
  description = "AWS region of the buckets and of the environments."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "This is no AWS region, such as eu-central-1."
  }
}

variable "repository" {
  description = "`<owner>/<repository>` on GitHub, whose jobs get the roles."
  type        = string
}

variable "environments" {
  description = "Environments of this account: whether each is released to with approval, whether the pipeline signs test users in, whether it has a private network, and hosted zones for its domain."
  type = map(object({
    release         = optional(bool, false)
    test_users      = optional(bool, false)
    private_network = optional(bool, false)
    hosted_zone_ids = optional(list(string), [])
  }))

  validation {
    # The roles of `dev` may change `millrace-dev-*`, and that would be all of `dev-two` too.
    condition = alltrue(flatten([
      for one in keys(var.environments) : [for other in keys(var.environments) : !startswith(other, "${one}-")]
    ]))
    error_message = "No environment's name may begin with another's and a hyphen: its roles would reach the other."
  }
}

variable "create_oidc_provider" {
  description = "Whether GitHub's OIDC provider is made; false where the account has it."
  type        = bool
  default     = true
}

variable "role_path" {
  description = "Path of the roles that Terraform makes in the environments, where the account's rules ask for one."
  type        = string
  default     = "/"
}
