mock_provider "aws" {}

variables {
  name      = "millrace-dev-data"
  region    = "eu-central-1"
  functions = ["millrace-dev-data-persister"]
  queues    = ["millrace-dev-records", "millrace-dev-records-dead"]
  tables    = ["millrace-dev-records"]
}

run "service" {
  command = plan

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.service.dashboard_body).widgets) == 11
    error_message = "Five charts of functions, two of queues, four of tables."
  }

  assert {
    condition     = length(distinct([for w in jsondecode(aws_cloudwatch_dashboard.service.dashboard_body).widgets : "${w.x}/${w.y}"])) == 11
    error_message = "No chart lies on another."
  }
}

run "only_what_there_is" {
  command = plan

  variables {
    queues = []
    tables = []
    api    = { name = "millrace-dev", stage = "live" }
  }

  assert {
    condition     = alltrue([for w in jsondecode(aws_cloudwatch_dashboard.service.dashboard_body).widgets : length(w.properties.metrics) > 0])
    error_message = "A chart without metrics is left out."
  }

  assert {
    condition     = strcontains(jsondecode(aws_cloudwatch_dashboard.service.dashboard_body).widgets[0].properties.title, "API")
    error_message = "The API comes first."
  }
}
