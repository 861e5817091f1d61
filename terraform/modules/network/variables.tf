variable "name" {
  description = "What everything in the network is called after, `millrace-<environment>`."
  type        = string
}

variable "region" {
  description = "AWS region, part of the endpoints' names."
  type        = string
}

variable "cidr" {
  description = "Address range of the network, /16 to /20."
  type        = string
  default     = "10.20.0.0/16"

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 20
    error_message = "cidr must be an IPv4 range from /16 to /20."
  }
}

variable "zones" {
  description = "Availability zones to spread over."
  type        = number
  default     = 2

  validation {
    condition     = contains([1, 2, 3], var.zones)
    error_message = "zones must be 1 to 3."
  }
}

variable "interface_endpoints" {
  description = "Services with an endpoint in the private subnets, such as `sqs`."
  type        = set(string)
}

variable "table_arns" {
  description = "Tables that may be reached through the DynamoDB endpoint, as ARN patterns."
  type        = list(string)
}

variable "bucket_arns" {
  description = "Buckets and objects that may be reached through the S3 endpoint, as ARN patterns."
  type        = list(string)
}

variable "egress" {
  description = "Whether some function calls out: makes subnets with a way to the internet."
  type        = bool
}

variable "nat_per_zone" {
  description = "A NAT gateway per zone instead of one: dearer, and survives the loss of a zone."
  type        = bool
  default     = false
}

variable "key_arn" {
  description = "The customer-managed key for the flow log."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the flow log is kept."
  type        = number
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
