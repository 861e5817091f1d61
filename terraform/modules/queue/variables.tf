variable "name" {
  description = "The queue's full name, `millrace-<environment>-<queue>`."
  type        = string

  validation {
    # SQS takes 80 characters; `-dead` has to fit.
    condition     = can(regex("^[a-z0-9-]{1,75}$", var.name))
    error_message = "The name must be 1 to 75 lower-case letters, digits and hyphens."
  }
}

variable "key_arn" {
  description = "The customer-managed key that encrypts the messages."
  type        = string
}

variable "visibility_seconds" {
  description = "Seconds that a taken message stays hidden, and that the message of a killed consumer waits: six times the longest consumer's time-out unless that is too long a wait."
  type        = number
  default     = 30

  validation {
    condition     = var.visibility_seconds >= 0 && var.visibility_seconds <= 43200
    error_message = "visibility_seconds must be 0 to 43200."
  }
}

variable "max_receive_count" {
  description = "Deliveries before a message goes to the dead-letter queue."
  type        = number
  default     = 10

  validation {
    condition     = var.max_receive_count >= 5
    error_message = "Below 5 deliveries a throttled consumer loses messages to the dead-letter queue."
  }
}

variable "dead_letters_only" {
  description = "Makes the dead-letter queue alone, `<name>-dead`: a function's own, whose messages come from Lambda, SNS or EventBridge."
  type        = bool
  default     = false
}

variable "senders" {
  description = "Services that may put messages on the dead-letter queue, such as `sns.amazonaws.com`, each with the ARN (or its pattern) of what it delivers for."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for arn in values(var.senders) : can(regex("^arn:[^:]+:[a-z]+:[^:]+:[0-9]{12}:", arn))])
    error_message = "Each source must be an ARN of one account."
  }
}

variable "fed_from" {
  description = "The bucket that may put notifications on the queue, and the account that owns it; null: none."
  type        = object({ bucket_arn = string, account_id = string })
  default     = null

  validation {
    condition     = var.fed_from == null || can(regex("^arn:[^:]+:s3:::[a-z0-9.-]+$", var.fed_from.bucket_arn))
    error_message = "bucket_arn must be the ARN of a bucket."
  }
}
