using 'main.bicep'

param environment = 'prod'
param privateNetwork = true
param maximumInstances = 100
param alwaysReadyHttp = 1
param logDays = 90
param storageSku = 'Standard_ZRS'

// The deployment gives these two: they differ from organization to organization.
param authClientId = readEnvironmentVariable('CERTRELAY_AUTH_CLIENT_ID')
param alertEmail = readEnvironmentVariable('CERTRELAY_ALERT_EMAIL')
