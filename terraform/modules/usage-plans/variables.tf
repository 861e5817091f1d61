variable "prefix" {
  description = "What keys and plans start with, `millrace-<environment>`."
  type        = string
}

variable "api_id" {
  description = "The API's id."
  type        = string
}

variable "stage" {
  description = "The stage's name."
  type        = string
}

variable "organizations" {
  description = "Organizations with a plan of their own."
  type        = map(object({ rate_per_second = number, burst = number, quota_per_day = number }))
  default     = {}

  validation {
    condition     = alltrue([for id in keys(var.organizations) : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", id))])
    error_message = "An organization's id is 1 to 63 lower-case letters, digits and inner hyphens."
  }
}

variable "default_plan" {
  description = "The plan that all other organizations share."
  type        = object({ rate_per_second = number, burst = number, quota_per_day = number })
}
