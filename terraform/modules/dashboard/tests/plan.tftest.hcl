mock_provider "aws" {}

variables {
  name   = "millrace-dev"
  region = "eu-central-1"
  api    = { name = "millrace-dev", stage = "live" }
  services = {
    data = {
      functions = ["millrace-dev-data-persister", "millrace-dev-data-presenter"]
      queues    = ["millrace-dev-records", "millrace-dev-records-dead"]
      tables    = ["millrace-dev-records"]
    }
    platform = { functions = ["millrace-dev-platform-health"], queues = [], tables = [] }
  }
}

run "rows" {
  command = plan

  assert {
    condition = {
      for y, titles in { for w in jsondecode(aws_cloudwatch_dashboard.environment.dashboard_body).widgets : w.y => split(": ", w.properties.title)[0]... } : y => join(" ", distinct(titles))
    } == { "0" = "all", "6" = "data", "12" = "platform" }
    error_message = "What all share has the first row and each service one of its own."
  }

  assert {
    condition     = { for w in jsondecode(aws_cloudwatch_dashboard.environment.dashboard_body).widgets : w.properties.title => w.x if w.y == 6 } == { "data: invocations" = 0, "data: errors, throttles" = 4, "data: 99 of 100 within (ms)" = 8, "data: messages waiting" = 12, "data: oldest message (s)" = 16, "data: table units, refused calls" = 20 }
    error_message = "A row's charts lie side by side."
  }

  assert {
    condition     = [for w in jsondecode(aws_cloudwatch_dashboard.environment.dashboard_body).widgets : tostring(w.width) if w.y == 12] == ["8", "8", "8"]
    error_message = "A chart without metrics is left out, and the others take its place."
  }

  assert {
    condition = jsonencode([for w in jsondecode(aws_cloudwatch_dashboard.environment.dashboard_body).widgets : w.properties.metrics if w.properties.title == "data: errors, throttles"]) == jsonencode([[
      ["AWS/Lambda", "Errors", "FunctionName", "millrace-dev-data-persister"],
      ["AWS/Lambda", "Errors", "FunctionName", "millrace-dev-data-presenter"],
      ["AWS/Lambda", "Throttles", "FunctionName", "millrace-dev-data-persister"],
      ["AWS/Lambda", "Throttles", "FunctionName", "millrace-dev-data-presenter"],
    ]])
    error_message = "A chart shows the metrics of its service's functions."
  }
}
