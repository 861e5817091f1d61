# What only a person can mend about imports. The function that announces an end counts it.
locals {
  # By the queue that it works off: chunkers and loaders end what completes, reverters what fails.
  import_workers = {
    for kind in ["files", "chunks", "reverts"] : kind => [
      for trigger in values(local.queue_triggers) : trigger.function if endswith(trigger.queue, "-${kind}")
    ]
  }
  import_watchers = [for name in keys(local.functions) : name if name == "imports-watcher"]

  import_alarms = merge(
    {
      for name in local.import_workers.reverts : "${name}-failed" => {
        kind       = "import-failed"
        advice     = "An import failed as a whole: its reason stands in GET /imports?status=failed; ask the sender for another file."
        namespace  = local.prefix
        metric     = "ImportsFailed"
        dimensions = { service = name }
        statistic  = "Sum"
        threshold  = 1
      }
    },
    {
      for name in concat(local.import_workers.files, local.import_workers.chunks) : "${name}-rejects" => {
        kind       = "import-rejects"
        advice     = "More than 5 % of the rows of an import were rejected: read GET /imports/{id}/rejects, and tell the sender."
        namespace  = local.prefix
        metric     = "ImportRejectsHigh"
        dimensions = { service = name }
        statistic  = "Sum"
        threshold  = 1
      }
    },
    {
      for name in local.import_watchers : "${name}-stuck" => {
        kind       = "import-stuck"
        advice     = "An import has not moved for 15 minutes: find its id in the lines of ${name}, and look for its chunks among the dead letters."
        namespace  = local.prefix
        metric     = "ImportsStuck"
        dimensions = { service = name }
        statistic  = "Sum"
        threshold  = 1
      }
    },
  )
}
