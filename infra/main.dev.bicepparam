using 'main.bicep'

param environment = 'dev'
param privateNetwork = false
param maximumInstances = 40
param alwaysReadyHttp = 0
param logDays = 30
param storageSku = 'Standard_LRS'

// The deployment gives these two: they differ from organization to organization.
param authClientId = readEnvironmentVariable('CERTRELAY_AUTH_CLIENT_ID')
param alertEmail = readEnvironmentVariable('CERTRELAY_ALERT_EMAIL')
