variable "name" {
  description = "The alias without `alias/`, `millrace-<environment>-at-rest`."
  type        = string
}

variable "region" {
  description = "AWS region, part of the services' names."
  type        = string
}

variable "role_arns" {
  description = "ARNs of the roles that use the key through DynamoDB, S3, SQS and the like."
  type        = list(string)

  validation {
    condition     = length(var.role_arns) > 0 && alltrue([for arn in var.role_arns : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/[^*?]+$", arn))])
    error_message = "Roles are named one by one, by their ARNs."
  }
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
