variable "name" {
  description = "The stream's full name, `millrace-<environment>-<stream>`."
  type        = string
}

variable "region" {
  description = "AWS region."
  type        = string
}

variable "topic_arn" {
  description = "The topic whose messages the stream gets."
  type        = string
}

variable "filter_policy" {
  description = "Which of the topic's messages, by their attributes, as JSON; null: all."
  type        = string
  default     = null
}

variable "dead_letter_queue_arn" {
  description = "Queue for messages that SNS cannot deliver."
  type        = string
}

variable "target_arn" {
  description = "ARN of the alias that transforms the records and names their folders."
  type        = string
}

variable "bucket_arn" {
  description = "The bucket that the stream delivers to."
  type        = string
}

variable "prefix" {
  description = "What the keys of delivered objects begin with, such as `logs/`."
  type        = string

  validation {
    condition     = endswith(var.prefix, "/")
    error_message = "The prefix is a folder and ends with /."
  }
}

variable "error_prefix" {
  description = "What the keys of what could not be delivered begin with, such as `errors/`."
  type        = string

  validation {
    condition     = endswith(var.error_prefix, "/")
    error_message = "The prefix is a folder and ends with /."
  }
}

variable "partition_keys" {
  description = "The keys that the function gives each record, in the order of their folders."
  type        = list(string)

  validation {
    condition     = length(var.partition_keys) > 0
    error_message = "A stream with dynamic partitioning has at least one key."
  }
}

variable "buffer_seconds" {
  description = "Seconds that records of one folder are gathered for."
  type        = number

  validation {
    condition     = var.buffer_seconds >= 60 && var.buffer_seconds <= 900
    error_message = "buffer_seconds must be 60 to 900."
  }
}

variable "transform_seconds" {
  description = "Seconds that records are gathered for before the function is invoked."
  type        = number

  validation {
    condition     = var.transform_seconds >= 0 && var.transform_seconds <= 900
    error_message = "transform_seconds must be 0 to 900."
  }
}

variable "log_retention_days" {
  description = "Days that the log group with the stream's errors keeps its lines."
  type        = number
}

variable "key_arn" {
  description = "The customer-managed key."
  type        = string
}

variable "role_path" {
  description = "IAM path of the roles."
  type        = string
  default     = "/"
}

variable "permissions_boundary_arn" {
  description = "Policy beyond which the roles can do nothing; null: none."
  type        = string
  default     = null
}

variable "role_tags" {
  description = "Tags of the roles, beside those that everything has."
  type        = map(string)
  default     = {}
}
