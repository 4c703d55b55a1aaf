using 'main.bicep'

param environment = 'staging'
param privateNetwork = true
param maximumInstances = 40
param alwaysReadyHttp = 0
param logDays = 30
param storageSku = 'Standard_ZRS'

// The deployment gives these two: they differ from organization to organization.
param authClientId = readEnvironmentVariable('CERTRELAY_AUTH_CLIENT_ID')
param alertEmail = readEnvironmentVariable('CERTRELAY_ALERT_EMAIL')
