variable "name" {
  description = "The bucket's full name, `millrace-<environment>-<bucket>-<account id>`."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "The name must be 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "key_arn" {
  description = "The customer-managed key."
  type        = string
}

variable "expire_days" {
  description = "Days after which an object goes; null: never."
  type        = number
  default     = null
}

variable "expire_days_by_prefix" {
  description = "Days after which an object goes whose key begins so, for example `{ \"exports/\" = 7 }`."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for prefix, days in var.expire_days_by_prefix : prefix != "" && days >= 1])
    error_message = "Each prefix must be some text, and its days at least 1."
  }
}

variable "object_lock" {
  description = "Whether an object can be locked against overwriting and deletion. Cannot be changed later."
  type        = bool
  default     = false
}

variable "infrequent_access_days" {
  description = "Days after which an object moves to cheaper storage (at least 30); null: never."
  type        = number
  default     = 90

  validation {
    condition     = var.infrequent_access_days == null || coalesce(var.infrequent_access_days, 30) >= 30
    error_message = "S3 moves an object to STANDARD_IA after 30 days at the earliest."
  }
}

variable "noncurrent_days" {
  description = "Days that an overwritten or deleted version is kept."
  type        = number
  default     = 30
}

variable "force_destroy" {
  description = "Whether Terraform may delete the bucket with what is in it."
  type        = bool
  default     = false
}
