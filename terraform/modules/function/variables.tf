variable "name" {
  description = "The function's full name in AWS, `millrace-<environment>-<function>`."
  type        = string

  validation {
    # Lambda takes 64 characters, and so does the role of the same name.
    condition     = can(regex("^[a-z0-9-]{1,64}$", var.name))
    error_message = "The name must be 1 to 64 lower-case letters, digits and hyphens."
  }
}

variable "description" {
  description = "One sentence for the AWS console."
  type        = string
}

variable "package_file" {
  description = "Path of the zip; Terraform builds nothing."
  type        = string
}

variable "package_hash" {
  description = "Base64 SHA-256 of the zip: a plan shows the function exactly when its code changed."
  type        = string
}

variable "timeout_seconds" {
  description = "Seconds one invocation may take."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900
    error_message = "timeout_seconds must be 1 to 900."
  }
}

variable "memory_mb" {
  description = "Megabytes of memory."
  type        = number

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "memory_mb must be 128 to 10240."
  }
}

variable "environment_variables" {
  description = "Environment variables. No secrets: they are in the state and in the plan."
  type        = map(string)
}

variable "statements" {
  description = "What the function may do, one entry per grant. `request_alias` narrows a key's grant to the key of that alias."
  type = list(object({
    actions       = list(string)
    resources     = list(string)
    request_alias = optional(string)
  }))

  validation {
    condition     = alltrue(flatten([for s in var.statements : [for a in s.actions : !strcontains(a, "*")]]))
    error_message = "A grant names its actions one by one, without `*`."
  }
}

variable "key_arn" {
  description = "The customer-managed key for the environment variables and the log group."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the log group keeps its lines."
  type        = number
}

variable "reserved_concurrency" {
  description = "Reserved concurrency; null: none is reserved."
  type        = number
  default     = null
}

variable "provisioned_concurrency" {
  description = "Instances kept warm behind the alias `live`; null: none."
  type        = number
  default     = null
}

variable "asynchronous" {
  description = "Whether something invokes the function asynchronously (a topic, a bucket, the bus)."
  type        = bool
  default     = false
}

variable "dead_letter_queue_arn" {
  description = "Where an asynchronous invocation goes after two retries."
  type        = string
  default     = null
}

variable "network" {
  description = "Subnets and security groups; null: the function runs outside of the private network."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null
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
