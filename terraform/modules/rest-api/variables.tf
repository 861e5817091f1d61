variable "name" {
  description = "The API's name, `millrace-<environment>`."
  type        = string
}

variable "region" {
  description = "AWS region, part of the functions' invocation ARNs."
  type        = string
}

variable "stage" {
  description = "The one stage's name."
  type        = string
  default     = "live"
}

variable "routes" {
  description = "Routes: the function behind each (its target ARN and its name), whether it is public, and its own throttling if it has any."
  type = list(object({
    method        = string
    path          = string
    function_name = string
    qualifier     = optional(string)
    target_arn    = string
    public        = bool
    throttle      = optional(object({ rate_per_second = number, burst = number }))
  }))

  validation {
    condition     = length(distinct([for r in var.routes : "${r.method} ${r.path}"])) == length(var.routes)
    error_message = "Each method and path belongs to one function."
  }
}

variable "authorizer" {
  description = "The function that checks tokens: its name, its alias if it has one, and its target ARN."
  type        = object({ function_name = string, qualifier = optional(string), target_arn = string })
}

variable "authorizer_cache_seconds" {
  description = "Seconds that an authorizer's answer is kept; longer, and a revoked role stays open longer."
  type        = number
  default     = 60

  validation {
    condition     = var.authorizer_cache_seconds >= 0 && var.authorizer_cache_seconds <= 60
    error_message = "An answer may be kept for at most 60 seconds."
  }
}

variable "document" {
  description = "OpenAPI 3.0.1 document as JSON with the routes' parameters and schemas; `{}`: they are made from the paths."
  type        = string
  default     = "{}"

  validation {
    condition     = can(jsondecode(var.document))
    error_message = "The document must be JSON."
  }
}

variable "gateway_responses" {
  description = "What the gateway itself answers, by API Gateway's response types."
  type = map(object({
    status  = number
    code    = string
    title   = string
    detail  = string
    headers = map(string)
  }))

  validation {
    condition     = contains(keys(var.gateway_responses), "DEFAULT_4XX") && contains(keys(var.gateway_responses), "DEFAULT_5XX")
    error_message = "DEFAULT_4XX and DEFAULT_5XX must be there, else some answers are not problem+json."
  }
}

variable "throttle" {
  description = "Requests per second and burst of each route without throttling of its own."
  type        = object({ rate_per_second = number, burst = number })
}

variable "domain" {
  description = "Custom domain with its certificate (same region) and, if Terraform makes the DNS record, the hosted zone; null: the gateway's own address."
  type = object({
    name            = string
    certificate_arn = string
    hosted_zone_id  = optional(string)
  })
  default = null
}

variable "traces" {
  description = "Which requests X-Ray traces: so many a second, and this share of all others."
  type        = object({ per_second = number, share = number })
  default     = { per_second = 1, share = 0.05 }

  validation {
    condition     = var.traces.per_second >= 0 && var.traces.share >= 0 && var.traces.share <= 1
    error_message = "per_second must not be negative, and share must be 0 to 1."
  }
}

variable "key_arn" {
  description = "The customer-managed key for the access logs."
  type        = string
}

variable "log_retention_days" {
  description = "Days that access logs are kept."
  type        = number
}
