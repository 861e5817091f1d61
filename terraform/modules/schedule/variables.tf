variable "name" {
  description = "The schedule's full name, `millrace-<environment>-<function>-<number>`."
  type        = string

  validation {
    # Its role has -schedule appended, and IAM ends at 64.
    condition     = can(regex("^[0-9a-zA-Z-_.]{1,55}$", var.name))
    error_message = "The name must be 1 to 55 letters, digits, hyphens, dots and underscores."
  }
}

variable "group_name" {
  description = "The schedule group that it is in. Its role trusts Scheduler for this group alone."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-zA-Z-_.]{1,64}$", var.group_name)) && var.group_name != "default"
    error_message = "The group must be one of the environment's own, with 1 to 64 letters, digits, hyphens, dots and underscores."
  }
}

variable "region" {
  description = "The region that the schedule stands in."
  type        = string
}

variable "expression" {
  description = "When it runs: `rate(1 day)` or `cron(0 3 * * ? *)`."
  type        = string

  validation {
    condition     = can(regex("^(rate\\([0-9]+ (minute|hour|day)s?|cron\\(\\S+( \\S+){5})\\)$", var.expression))
    error_message = "The expression must be rate(<number> <minutes, hours or days>) or cron(<six fields>)."
  }
}

variable "timezone" {
  description = "IANA name of the time zone that cron means."
  type        = string
  default     = "UTC"
}

variable "function_name" {
  description = "The function's full name, for the description."
  type        = string
}

variable "target_arn" {
  description = "The function, or its alias."
  type        = string
}

variable "dead_letter_queue_arn" {
  description = "Where an event goes that Lambda did not take."
  type        = string
}

variable "role_path" {
  description = "IAM path of the role, such as `/millrace/`."
  type        = string
  default     = "/"

  validation {
    condition     = can(regex("^/([\\w+=,.@-]+/)*$", var.role_path))
    error_message = "The path must begin and end with a slash."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy beyond which the role can do nothing, whatever its own policy grants; null: none."
  type        = string
  default     = null
}

variable "role_tags" {
  description = "Tags of the role, beside the provider's."
  type        = map(string)
  default     = {}
}
