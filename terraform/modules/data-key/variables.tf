variable "name" {
  description = "The alias without `alias/`, `millrace-<environment>-at-rest`."
  type        = string
}

variable "region" {
  description = "AWS region, part of the services' names."
  type        = string
}

variable "deletion_days" {
  description = "Days between asking for the key's deletion and the loss of all data under it."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_days >= 7 && var.deletion_days <= 30
    error_message = "deletion_days must be 7 to 30."
  }
}
