locals {
  charts = concat(
    [for api in var.api[*] : {
      title = "API: requests and refusals", stat = "Sum"
      metrics = [
        for metric in ["Count", "4XXError", "5XXError"] : ["AWS/ApiGateway", metric, "ApiName", api.name, "Stage", api.stage]
      ]
    }],
    [for api in var.api[*] : {
      title = "API: 99 of 100 answers within (ms)", stat = "p99"
      metrics = [
        for metric in ["Latency", "IntegrationLatency"] : ["AWS/ApiGateway", metric, "ApiName", api.name, "Stage", api.stage]
      ]
    }],
    [for chart in [
      { title = "Invocations", stat = "Sum", metric = "Invocations" },
      { title = "Errors", stat = "Sum", metric = "Errors" },
      { title = "Throttles", stat = "Sum", metric = "Throttles" },
      { title = "99 of 100 invocations within (ms)", stat = "p99", metric = "Duration" },
      { title = "Side by side", stat = "Maximum", metric = "ConcurrentExecutions" },
      ] : {
      title = chart.title, stat = chart.stat, metrics = [for name in var.functions : ["AWS/Lambda", chart.metric, "FunctionName", name]]
    }],
    [for chart in [
      { title = "Messages waiting", metric = "ApproximateNumberOfMessagesVisible" },
      { title = "Oldest message (s)", metric = "ApproximateAgeOfOldestMessage" },
      ] : {
      title = chart.title, stat = "Maximum", metrics = [for name in var.queues : ["AWS/SQS", chart.metric, "QueueName", name]]
    } if length(var.queues) > 0],
    [for chart in [
      { title = "Rows read (capacity)", metric = "ConsumedReadCapacityUnits" },
      { title = "Rows written (capacity)", metric = "ConsumedWriteCapacityUnits" },
      { title = "Reads refused", metric = "ReadThrottleEvents" },
      { title = "Writes refused", metric = "WriteThrottleEvents" },
      ] : {
      title = chart.title, stat = "Sum", metrics = [for name in var.tables : ["AWS/DynamoDB", chart.metric, "TableName", name]]
    } if length(var.tables) > 0],
  )
}

resource "aws_cloudwatch_dashboard" "service" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [
      for i, chart in local.charts : {
        type       = "metric"
        x          = (i % 3) * 8
        y          = floor(i / 3) * 6
        width      = 8
        height     = 6
        properties = { title = chart.title, stat = chart.stat, metrics = chart.metrics, region = var.region, period = 60, view = "timeSeries" }
      }
    ]
  })
}
