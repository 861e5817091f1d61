variable "prefix" {
  description = "What alarms start with, `millrace-<environment>`."
  type        = string
}

variable "alarms" {
  description = "Alarms by name. `kind` is the anchor of the runbook's entry, `advice` says what to do first."
  type = map(object({
    kind       = string
    advice     = string
    namespace  = string
    metric     = string
    dimensions = map(string)
    statistic  = string
    threshold  = number
    comparison = optional(string, "GreaterThanOrEqualToThreshold")
    period     = optional(number, 60)
    periods    = optional(number, 1)
  }))

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : can(regex("^[a-z0-9-]+$", alarm.kind)) && length(alarm.advice) >= 10])
    error_message = "Each alarm has an anchor and says what to do."
  }
}

variable "emails" {
  description = "Addresses that are told; each has to confirm once."
  type        = list(string)

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "Each must be an e-mail address."
  }
}

variable "monthly_budget_usd" {
  description = "Costs of the account per month, in US dollars, above which somebody is told; null: no budget."
  type        = number
  default     = null
}

variable "key_arn" {
  description = "The customer-managed key for the topic."
  type        = string
}
