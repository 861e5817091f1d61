locals {
  # What starts each function.
  started_by = { for name, manifest in local.manifests : name => toset(manifest.triggers[*].type) }

  # Consumers of audit events. They count what they reject as AuditRejected too.
  auditors = toset([for trigger in values(local.queue_triggers) : trigger.function if endswith(trigger.queue, "-audit")])

  function_alarms = merge(
    # A bad token makes the authorizer throw, which AWS counts as an error; its own metric counts faults alone.
    {
      for name, function in local.functions : "${name}-errors" => {
        kind       = "function-errors"
        advice     = "${name} failed: read its log lines of level error and the trace of the request."
        namespace  = "AWS/Lambda"
        metric     = "Errors"
        dimensions = { FunctionName = function.full_name }
        statistic  = "Sum"
        threshold  = 1
      } if !contains(local.authorizers, name)
    },
    {
      for name in local.authorizers : "${name}-fault" => {
        kind       = "authorizer-fault"
        advice     = "${name} cannot check tokens: see whether the issuer's keys can be fetched and the TOKEN_ settings are right."
        namespace  = local.prefix
        metric     = "AuthorizerFault"
        dimensions = { service = name }
        statistic  = "Sum"
        threshold  = 1
      }
    },
    # One for the account, whose limit all functions share; a throttled caller of the API is a 5xx too.
    {
      throttles = {
        kind       = "function-throttles"
        advice     = "A function was refused an instance: find it on the dashboard, and compare its concurrency with the account's limit."
        namespace  = "AWS/Lambda"
        metric     = "Throttles"
        dimensions = {}
        statistic  = "Sum"
        threshold  = 1
      }
    },
    # Callers wait for routes, and a nightly run that grows is cut off one night. A consumer that is slow shows in the age
    # of its queue or stream, and one that works in slices, such as events-worker, uses up its time on purpose.
    {
      for name, function in local.functions : "${name}-duration" => {
        kind       = "function-duration"
        advice     = "${name} came near its time-out of ${function.timeout} s: find the slow call in its traces."
        namespace  = "AWS/Lambda"
        metric     = "Duration"
        dimensions = { FunctionName = function.full_name }
        statistic  = "Maximum"
        threshold  = function.timeout * 1000 * 0.8
      } if length(setintersection(local.started_by[name], ["http", "authorizer", "schedule"])) > 0
    },
    {
      for name, function in local.functions : "${name}-undelivered" => {
        kind       = "function-undelivered"
        advice     = "Lambda could not put a dead letter of ${name} on its queue: check the role and the queue before more are lost."
        namespace  = "AWS/Lambda"
        metric     = "DestinationDeliveryFailures"
        dimensions = { FunctionName = function.full_name }
        statistic  = "Sum"
        threshold  = 1
      } if function.dead_letters
    },
    # Reading or changing something left no trace in any chain, which is graver than a message that waits.
    {
      for name in local.auditors : "${name}-audit-rejected" => {
        kind       = "audit-rejected"
        advice     = "${name} could not keep an audit event, so an audit chain is not complete: treat it as an incident, mend the cause and move the dead letter back today."
        namespace  = local.prefix
        metric     = "AuditRejected"
        dimensions = { service = name }
        statistic  = "Sum"
        threshold  = 1
      }
    },
    # One for all readers, because it is about the table and not about the function that came across it.
    {
      events-unreadable = {
        kind      = "events-unreadable"
        advice    = "Readers left out stored items that cannot be read or that no chain knows of: verify the organization that the error lines name."
        namespace = local.prefix
        metric    = "EventsUnreadable"
        across    = "service"
        statistic = "Sum"
        threshold = 1
      }
    },
    {
      cleanser-unavailable = {
        kind      = "cleanser-unavailable"
        advice    = "The cleansing vendor failed five times in a row, or does not take our secret: transactions wait for it and show what the rules say."
        namespace = local.prefix
        metric    = "CleanserUnavailable"
        across    = "service"
        statistic = "Sum"
        threshold = 1
      }
    },
    # The stacks of these triggers count the records that can never succeed. Those of an auditor have the alarm above.
    {
      for name in keys(local.functions) : "${name}-rejected" => {
        kind       = "messages-rejected"
        advice     = "${name} was given what it can never work off: read its log line of level error and the dead letter."
        namespace  = local.prefix
        metric     = "MessagesRejected"
        dimensions = { service = name }
        statistic  = "Sum"
        threshold  = 1
      } if length(setintersection(local.started_by[name], ["queue", "bus", "schedule"])) > 0 && !contains(local.auditors, name)
    },
    {
      for trigger in local.table_triggers : "${trigger.function}-stream-age" => {
        kind       = "stream-age"
        advice     = "${trigger.function} falls behind the stream of ${trigger.table}: look for a record that fails again and again."
        namespace  = "AWS/Lambda"
        metric     = "IteratorAge"
        dimensions = { FunctionName = local.functions[trigger.function].full_name }
        statistic  = "Maximum"
        # A batch that is tried once more is no delay yet.
        threshold = max(var.queue_age_seconds, 2 * local.functions[trigger.function].timeout) * 1000
      }
    },
  )
}
