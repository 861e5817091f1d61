variable "name" {
  description = "The pool's name, `millrace-<environment>`."
  type        = string
}

variable "region" {
  description = "AWS region, part of the issuer."
  type        = string
}

variable "callback_urls" {
  description = "Where a user comes back to after signing in."
  type        = list(string)

  validation {
    condition     = length(var.callback_urls) > 0 && alltrue([for url in var.callback_urls : can(regex("^(https://|http://localhost)", url))])
    error_message = "At least one address, https (or http://localhost)."
  }
}

variable "logout_urls" {
  description = "Where a user comes back to after signing out."
  type        = list(string)
  default     = []
}

variable "domain_prefix" {
  description = "First part of the sign-in page's address, unique in the region."
  type        = string
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the pool."
  type        = bool
}
