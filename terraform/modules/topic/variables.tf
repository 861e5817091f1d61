variable "name" {
  description = "The topic's full name, `millrace-<environment>-<topic>`."
  type        = string
}

variable "display_name" {
  description = "What the topic is for."
  type        = string
}

variable "key_arn" {
  description = "The customer-managed key."
  type        = string
}

variable "publishers" {
  description = "Services of this account that may publish, such as `cloudwatch.amazonaws.com`. Functions publish by their own policies."
  type        = list(string)
  default     = []
}
