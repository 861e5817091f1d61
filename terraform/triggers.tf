# What makes the functions run, by kind, with the defaults of functions/function.schema.json filled in.
locals {
  triggers = flatten([for name, manifest in local.manifests : [for trigger in manifest.triggers : merge(trigger, { function = name })]])

  routes = [
    for trigger in local.triggers : {
      function = trigger.function
      method   = split(" ", trigger.route)[0]
      path     = split(" ", trigger.route)[1]
      public   = trigger.role == null
      throttle = [for t in lookup(trigger, "throttle", null)[*] : { rate_per_second = t.ratePerSecond, burst = t.burst }]
    } if trigger.type == "http"
  ]

  authorizers = [for trigger in local.triggers : trigger.function if trigger.type == "authorizer"]

  queue_triggers = {
    for trigger in local.triggers : "${trigger.function}/${trigger.queue}" => {
      function            = trigger.function
      queue               = trigger.queue
      batch_size          = lookup(trigger, "batchSize", 10)
      window              = lookup(trigger, "windowSeconds", 0)
      maximum_concurrency = lookup(trigger, "maximumConcurrency", null)
    } if trigger.type == "queue"
  }

  table_triggers = {
    for trigger in local.triggers : "${trigger.function}/${trigger.table}" => {
      function   = trigger.function
      table      = trigger.table
      filter     = one([for filter in lookup(trigger, "filter", null)[*] : jsonencode(filter)])
      batch_size = lookup(trigger, "batchSize", 100)
      window     = lookup(trigger, "windowSeconds", 0)
    } if trigger.type == "table"
  }

  topic_triggers = {
    for trigger in local.triggers : "${trigger.function}/${trigger.topic}" => {
      function = trigger.function
      topic    = trigger.topic
      filter   = one([for filter in lookup(trigger, "filter", null)[*] : jsonencode(filter)])
    } if trigger.type == "topic"
  }

  # A bucket has one notification resource, with all that its triggers ask for.
  bucket_triggers = {
    for bucket in keys(local.resources.buckets) : bucket => [
      for trigger in local.triggers : {
        function = trigger.function
        events   = trigger.events
        prefix   = lookup(trigger, "prefix", null)
        suffix   = lookup(trigger, "suffix", null)
      } if trigger.type == "bucket" && lookup(trigger, "bucket", "") == bucket
    ]
  }

  bucket_queues = {
    for bucket in keys(local.resources.buckets) : bucket => flatten([
      for queue, resource in local.resources.queues : [
        for from in lookup(resource, "from", null)[*] : [for prefix in from.prefixes : { queue = queue, prefix = prefix, events = lookup(from, "events", ["s3:ObjectCreated:*"]) }] if from.bucket == bucket
      ]
    ])
  }

  bus_triggers = merge(flatten([
    for name, manifest in local.manifests : [
      for index, pattern in [for trigger in manifest.triggers : jsonencode(trigger.pattern) if trigger.type == "bus"] :
      { "${name}-${index + 1}" = { function = name, pattern = pattern } }
    ]
  ])...)

  schedule_triggers = merge(flatten([
    for name, manifest in local.manifests : [
      for index, trigger in [for trigger in manifest.triggers : { expression = trigger.expression, timezone = lookup(trigger, "timezone", "UTC") } if trigger.type == "schedule"] :
      { "${name}-${index + 1}" = merge(trigger, { function = name }) }
    ]
  ])...)
}
