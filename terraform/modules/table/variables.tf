variable "name" {
  description = "The table's full name, `millrace-<environment>-<table>`."
  type        = string
}

variable "partition_key" {
  description = "Partition key."
  type        = object({ name = string, type = string })
}

variable "sort_key" {
  description = "Sort key; null: none."
  type        = object({ name = string, type = string })
  default     = null
}

variable "indexes" {
  description = "Global secondary indexes by name; all attributes are projected."
  type = map(object({
    partition_key = object({ name = string, type = string })
    sort_key      = optional(object({ name = string, type = string }))
  }))
  default = {}
}

variable "local_indexes" {
  description = "Sort keys of local secondary indexes by name; all attributes are projected. DynamoDB adds none to a table that is there: another set makes another table."
  type        = map(object({ name = string, type = string }))
  default     = {}
}

variable "time_to_live" {
  description = "Attribute with the second after which a row may go; null: rows stay."
  type        = string
  default     = null
}

variable "stream" {
  description = "What a change record carries; null: no stream."
  type        = string
  default     = null

  validation {
    condition     = var.stream == null || contains(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], coalesce(var.stream, "KEYS_ONLY"))
    error_message = "stream must be KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES."
  }
}

variable "ceiling" {
  description = "Request units per second beyond which DynamoDB refuses, for the table and for each index; null: the account's quota."
  type        = object({ read_units = number, write_units = number })
  default     = null

  validation {
    condition     = var.ceiling == null ? true : var.ceiling.read_units >= 1 && var.ceiling.write_units >= 1
    error_message = "A ceiling must be at least 1."
  }
}

variable "warm" {
  description = "Units per second that the table takes at once, for a peak that is known before; null: 12,000 reads and 4,000 writes, as every new table. It is paid for once, and cannot be lowered."
  type        = object({ read_units = number, write_units = number })
  default     = null

  validation {
    condition     = var.warm == null ? true : var.warm.read_units >= 12000 && var.warm.write_units >= 4000
    error_message = "A table is warm for 12,000 reads and 4,000 writes already."
  }

  validation {
    condition     = var.warm == null || var.ceiling == null ? true : var.warm.read_units <= var.ceiling.read_units && var.warm.write_units <= var.ceiling.write_units
    error_message = "A table cannot be warm for more than its ceiling lets through."
  }
}

variable "recovery_days" {
  description = "Days back to which the table can be restored."
  type        = number
  default     = 35

  validation {
    condition     = var.recovery_days >= 1 && var.recovery_days <= 35
    error_message = "recovery_days must be 1 to 35."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the table."
  type        = bool
}

variable "key_arn" {
  description = "The customer-managed key."
  type        = string
}
