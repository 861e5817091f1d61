variable "name" {
  description = "The bus's full name, `millrace-<environment>-bus`."
  type        = string
}

variable "description" {
  description = "What the bus is for."
  type        = string
}

variable "key_arn" {
  description = "The customer-managed key."
  type        = string
}

variable "archive_days" {
  description = "Days that events are kept for replay; null: no archive."
  type        = number
  default     = null
}

variable "rules" {
  description = "Rules by name: the function's target ARN, the pattern as JSON, and the queue for what could not be delivered."
  type = map(object({
    pattern               = string
    target_arn            = string
    dead_letter_queue_arn = string
  }))
  default = {}
}
