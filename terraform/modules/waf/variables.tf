variable "name" {
  description = "The firewall's name, `millrace-<environment>`."
  type        = string
}

variable "stage_arn" {
  description = "ARN of the API's stage."
  type        = string
}

variable "requests_per_five_minutes" {
  description = "Requests of one address within five minutes before it is blocked."
  type        = number

  validation {
    condition     = var.requests_per_five_minutes >= 10
    error_message = "WAF counts from 10 requests."
  }
}

variable "too_many_requests" {
  description = "What a blocked address is answered, as JSON."
  type        = string

  validation {
    condition     = can(jsondecode(var.too_many_requests)) && length(var.too_many_requests) <= 4096
    error_message = "It must be JSON of at most 4 KB."
  }
}

variable "key_arn" {
  description = "The customer-managed key for the log."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the log of blocked requests is kept."
  type        = number
}
