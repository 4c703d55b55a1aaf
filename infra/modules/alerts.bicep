// What the product cannot tell of itself: that it does not run, that work was given up, that what it stands on pushes back. docs/operations.md has a section for each.
param base string
param location string
param email string
param workspaceId string
param vaultId string
param storageId string
param tags object

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${base}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'certrelay'
    emailReceivers: [{ name: 'operations', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource heartbeat 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = {
  name: 'heartbeat-${base}'
  location: location
  tags: tags
  properties: {
    displayName: 'heartbeat'
    description: 'The timer Reconcile, which runs each minute, has not run for 10 minutes.'
    severity: 0
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT10M'
    criteria: {
      allOf: [
        {
          query: 'AppRequests | where OperationName == "Reconcile" and Success == true'
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [people.id] }
  }
}

resource poison 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = {
  name: 'poison-${base}'
  location: location
  tags: tags
  properties: {
    displayName: 'poison'
    description: 'The host gave up a message: it failed five times.'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      allOf: [
        {
          query: 'AppRequests | where OperationName endswith "Poison"'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [people.id] }
  }
}

resource failures 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = {
  name: 'failures-${base}'
  location: location
  tags: tags
  properties: {
    displayName: 'failures'
    description: 'More than one run of functions in twenty has failed within a quarter of an hour.'
    severity: 2
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          query: 'AppRequests | summarize Share = 100.0 * countif(Success == false) / count() | where Share > 5'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [people.id] }
  }
}

resource vaultThrottled 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'vault-throttled-${base}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Key Vault has refused calls as too frequent (429).'
    severity: 2
    enabled: true
    scopes: [vaultId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'throttled'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'ServiceApiResult'
          dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }]
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 100
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource storageUnavailable 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'storage-unavailable-${base}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The storage account answers less than 99 of 100 calls.'
    severity: 1
    enabled: true
    scopes: [storageId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'availability'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'Availability'
          timeAggregation: 'Average'
          operator: 'LessThan'
          threshold: 99
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}
