variable "prefix" {
  description = "What alarms start with, `millrace-<environment>`."
  type        = string
}

variable "alarms" {
  description = "Alarms by name. `kind` is the anchor of the runbook's entry, `advice` says what to do first. The metrics in `also` are added to `metric`; `across` names a dimension over whose values `metric` is summed, in place of `dimensions`; `missing` says what no data means."
  type = map(object({
    kind       = string
    advice     = string
    namespace  = string
    metric     = string
    also       = optional(list(string), [])
    across     = optional(string)
    dimensions = optional(map(string), {})
    statistic  = string
    threshold  = number
    comparison = optional(string, "GreaterThanOrEqualToThreshold")
    period     = optional(number, 60)
    periods    = optional(number, 1)
    missing    = optional(string, "notBreaching")
  }))

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : can(regex("^[a-z0-9-]+$", alarm.kind)) && length(alarm.advice) >= 10])
    error_message = "Each alarm has an anchor and says what to do."
  }

  validation {
    condition     = alltrue([for alarm in values(var.alarms) : alarm.across == null || (length(alarm.dimensions) == 0 && length(alarm.also) == 0 && alarm.statistic == "Sum")])
    error_message = "Across a dimension one metric is summed: no others, and no dimensions."
  }

  validation {
    # CloudWatch looks back a day, and a week where it counts by the hour.
    condition     = alltrue([for alarm in values(var.alarms) : alarm.period * alarm.periods <= (alarm.period >= 3600 ? 604800 : 86400)])
    error_message = "An alarm looks back a day at most, or a week with periods of an hour or more."
  }
}

variable "emails" {
  description = "Addresses that get the alarms' mails; each has to confirm once."
  type        = list(string)

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "Each must be an e-mail address."
  }
}

variable "monthly_budget_usd" {
  description = "Costs of the account per month, in US dollars, above which a mail is sent; null: no budget."
  type        = number
  default     = null
}

variable "key_arn" {
  description = "The customer-managed key for the topic."
  type        = string
}
