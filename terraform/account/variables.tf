variable "account_id" {
  description = "The AWS account; credentials of any other are refused."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "region" {
  description = "AWS region. Another region of the same account is another workspace."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "This is no AWS region, such as eu-central-1."
  }
}

variable "role_path" {
  description = "Path of the role, where the account's rules ask for one."
  type        = string
  default     = "/"

  validation {
    condition     = can(regex("^/([A-Za-z0-9_.-]+/)*$", var.role_path))
    error_message = "A path begins and ends with a slash."
  }
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary that the account's rules ask for; null: none. It has to let the role write logs."
  type        = string
  default     = null
}
