variable "name" {
  description = "The dashboard's name, `millrace-<environment>-<service>`."
  type        = string
}

variable "region" {
  description = "AWS region of the metrics."
  type        = string
}

variable "functions" {
  description = "Full names of the service's functions."
  type        = list(string)
}

variable "queues" {
  description = "Full names of the queues, dead-letter queues among them."
  type        = list(string)
  default     = []
}

variable "tables" {
  description = "Full names of the tables."
  type        = list(string)
  default     = []
}

variable "api" {
  description = "The API's name and stage, on the dashboard that shows it; null on all others."
  type        = object({ name = string, stage = string })
  default     = null
}
