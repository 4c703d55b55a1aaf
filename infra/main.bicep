// Certrelay on Azure: an app on Flex Consumption, its storage account, the Key Vault that holds the keys, what watches them, and, where asked for, a network of their own.
// No account key, connection string with a key, or client secret exists anywhere in it.
targetScope = 'resourceGroup'

@description('Which of the environments this is; part of every name.')
@allowed(['dev', 'staging', 'prod'])
param environment string

@description('The region.')
param location string = resourceGroup().location

@description('The short name of the installation: 3 to 10 lower-case letters and digits.')
@minLength(3)
@maxLength(10)
param name string = 'certrelay'

@description('The application (client) ID of the app registration whose app roles are the roles of the product.')
param authClientId string

@description('The directory that people and applications sign in with.')
param tenantId string = tenant().tenantId

@description('Where alerts of the platform go; the product tells of its own through its channels.')
param alertEmail string

@description('True: storage account and vault can be reached from the app\'s own network alone.')
param privateNetwork bool

@description('The most instances of the app.')
@minValue(40)
@maxValue(1000)
param maximumInstances int

@description('Instances that are always warm for HTTP calls.')
param alwaysReadyHttp int

@description('The days that logs are kept.')
param logDays int

@description('The days that a deleted secret can be recovered; the vault takes this once.')
@minValue(7)
@maxValue(90)
param softDeleteDays int = 90

@description('The copies of the storage account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
param storageSku string

@description('Further settings of the product, by their names in docs/settings.md with two underscores for a colon. No secret belongs here.')
param productSettings object = {}

param tags object = {}

var allTags = union(tags, { product: 'certrelay', environment: environment })
var unique = take(uniqueString(resourceGroup().id, name, environment), 6)
var base = '${name}-${environment}-${unique}'

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: { base: base, location: location, logDays: logDays, tags: allTags }
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: { base: base, location: location, tags: allTags }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: { base: base, location: location, workspaceId: monitoring.outputs.workspaceId, tags: allTags }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    base: base
    location: location
    sku: storageSku
    privateNetwork: privateNetwork
    endpointSubnetId: privateNetwork ? network!.outputs.endpointSubnetId : ''
    zoneIds: privateNetwork ? network!.outputs.zoneIds : {}
    principalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
    tags: allTags
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    base: base
    location: location
    softDeleteDays: softDeleteDays
    privateNetwork: privateNetwork
    endpointSubnetId: privateNetwork ? network!.outputs.endpointSubnetId : ''
    zoneId: privateNetwork ? network!.outputs.zoneIds.vault : ''
    principalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
    tags: allTags
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    base: base
    location: location
    tenantId: tenantId
    authClientId: authClientId
    identityId: identity.outputs.identityId
    identityClientId: identity.outputs.clientId
    principalId: identity.outputs.principalId
    storageName: storage.outputs.storageName
    deployContainerUrl: storage.outputs.deployContainerUrl
    vaultUri: vault.outputs.vaultUri
    componentName: monitoring.outputs.componentName
    workspaceId: monitoring.outputs.workspaceId
    integrationSubnetId: privateNetwork ? network!.outputs.integrationSubnetId : ''
    maximumInstances: maximumInstances
    alwaysReadyHttp: alwaysReadyHttp
    productSettings: productSettings
    tags: allTags
  }
}

module events 'modules/events.bicep' = {
  name: 'events'
  params: {
    base: base
    location: location
    vaultName: vault.outputs.vaultName
    storageName: storage.outputs.storageName
    queueName: storage.outputs.vaultEventsQueue
    workspaceId: monitoring.outputs.workspaceId
    tags: allTags
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    base: base
    location: location
    email: alertEmail
    workspaceId: monitoring.outputs.workspaceId
    vaultId: vault.outputs.vaultId
    storageId: storage.outputs.storageId
    tags: allTags
  }
}

output appName string = app.outputs.appName
output appHost string = app.outputs.appHost
output vaultUri string = vault.outputs.vaultUri
