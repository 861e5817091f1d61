locals {
  columns = 24
  height  = 6

  # Each chart: its title, its statistic, and its metrics.
  gateway = [
    for chart in [
      { title = "requests of the API and refusals", stat = "Sum", names = ["Count", "4XXError", "5XXError"] },
      { title = "99 of 100 answers of the API within (ms)", stat = "p99", names = ["Latency", "IntegrationLatency"] },
      ] : {
      title   = chart.title
      stat    = chart.stat
      metrics = [for name in chart.names : ["AWS/ApiGateway", name, "ApiName", var.api.name, "Stage", var.api.stage]]
    }
  ]

  account = [
    { title = "functions side by side, in the account", stat = "Maximum", metrics = [["AWS/Lambda", "ConcurrentExecutions"]] },
    { title = "functions refused an instance, in the account", stat = "Sum", metrics = [["AWS/Lambda", "Throttles"]] },
  ]

  services = {
    for service, parts in var.services : service => [
      for chart in [
        { title = "invocations", stat = "Sum", metrics = [for name in parts.functions : ["AWS/Lambda", "Invocations", "FunctionName", name]] },
        {
          title   = "errors, throttles"
          stat    = "Sum"
          metrics = flatten([for metric in ["Errors", "Throttles"] : [for name in parts.functions : { row = ["AWS/Lambda", metric, "FunctionName", name] }]])[*].row
        },
        { title = "99 of 100 within (ms)", stat = "p99", metrics = [for name in parts.functions : ["AWS/Lambda", "Duration", "FunctionName", name]] },
        { title = "messages waiting", stat = "Maximum", metrics = [for name in parts.queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]] },
        { title = "oldest message (s)", stat = "Maximum", metrics = [for name in parts.queues : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", name]] },
        {
          title   = "table units, refused calls"
          stat    = "Sum"
          metrics = flatten([for metric in ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"] : [for name in parts.tables : { row = ["AWS/DynamoDB", metric, "TableName", name] }]])[*].row
        },
      ] : chart if length(chart.metrics) > 0
    ]
  }

  rows = concat(
    [{ name = "all", charts = concat(local.gateway, local.account) }],
    [for service in sort(keys(local.services)) : { name = service, charts = local.services[service] }],
  )
}

resource "aws_cloudwatch_dashboard" "environment" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = flatten([
      for y, row in local.rows : [
        for x, chart in row.charts : {
          type   = "metric"
          x      = x * floor(local.columns / length(row.charts))
          y      = y * local.height
          width  = floor(local.columns / length(row.charts))
          height = local.height
          properties = {
            title   = "${row.name}: ${chart.title}"
            stat    = chart.stat
            metrics = chart.metrics
            region  = var.region
            period  = 60
            view    = "timeSeries"
          }
        }
      ]
    ])
  })
}
