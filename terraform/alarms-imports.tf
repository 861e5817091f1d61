# What only a person can mend about imports. The function that announces an end counts it: chunkers and loaders end what
# completes, reverters what fails.
locals {
  # Services that register with common/imports; the functions of each have these names.
  import_services = ["transactions"]

  import_alarms = merge(
    {
      for service in local.import_services : "${service}-import-failed" => {
        kind       = "import-failed"
        advice     = "An import failed as a whole: GET /imports?status=failed has the reason; ask the sender for another file."
        namespace  = local.prefix
        metric     = "ImportsFailed"
        dimensions = { service = "${service}-reverter" }
        statistic  = "Sum"
        threshold  = 1
      }
    },
    {
      for function in flatten([for service in local.import_services : ["${service}-chunker", "${service}-loader"]]) : "${function}-rejects" => {
        kind       = "import-rejects"
        advice     = "More than 5 % of the rows of an import were rejected: send GET /imports/{id}/rejects?format=csv to the sender."
        namespace  = local.prefix
        metric     = "ImportRejectsHigh"
        dimensions = { service = function }
        statistic  = "Sum"
        threshold  = 1
      }
    },
    {
      import-stuck = {
        kind       = "import-stuck"
        advice     = "An import has not moved for 15 minutes: the lines of imports-watcher name it; look for its messages among the dead letters."
        namespace  = local.prefix
        metric     = "ImportsStuck"
        dimensions = { service = "imports-watcher" }
        statistic  = "Sum"
        threshold  = 1
      }
    },
  )
}
