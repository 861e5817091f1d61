variable "name" {
  description = "The dashboard's name, `millrace-<environment>`."
  type        = string
}

variable "region" {
  description = "AWS region of the metrics."
  type        = string
}

variable "api" {
  description = "The API's name and stage, which make the first row."
  type        = object({ name = string, stage = string })
}

variable "services" {
  description = "Services, a row each: the full names of their functions, of their queues (dead-letter queues among them) and of their tables."
  type = map(object({
    functions = list(string)
    queues    = list(string)
    tables    = list(string)
  }))
}
