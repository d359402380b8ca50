package main

import (
	"net/http"
	"time"
)

type operation struct {
	method string
	path   string
	body   func() any
	answer func() any
}

const (
	tidb        = "/tidbs/{tidbId}"
	connections = tidb + "/privateEndpointConnections"
	connection  = connections + "/{connectionId}"
	setting     = tidb + "/publicConnectionSetting"
)

var operations = map[string]operation{
	"ListTidbs":   {http.MethodGet, "/tidbs", nil, of[tidbList]},
	"GetTidb":     {http.MethodGet, tidb, nil, of[tidbInstance]},
	"CreateTidb":  {http.MethodPost, "/tidbs", of[newTidb], of[tidbInstance]},
	"UpdateTidb":  {http.MethodPatch, tidb, of[tidbChange], of[tidbInstance]},
	"DeleteTidb":  {http.MethodDelete, tidb, nil, of[tidbInstance]},
	"ResumeTidb":  {http.MethodPost, tidb + ":resumeTidb", of[empty], of[empty]},
	"ListRegions": {http.MethodGet, "/regions", nil, of[regionList]},
	"ResetRootPassword": {
		http.MethodPost, tidb + ":resetRootPassword", of[newRootPassword], of[empty],
	},
	"CloudProviderInfo":              {http.MethodGet, tidb + "/cloudProviderInfo", nil, of[cloudProviderInfo]},
	"CaCertificateUrl":               {http.MethodGet, tidb + "/caCertificateUrl", nil, of[caCertificateURL]},
	"GetPublicConnectionSetting":     {http.MethodGet, setting, nil, of[publicConnectionSetting]},
	"UpdatePublicConnectionSetting":  {http.MethodPatch, setting, of[publicConnectionChange], of[publicConnectionSetting]},
	"GetPrivateLinkService":          {http.MethodGet, tidb + "/privateLinkService", nil, of[privateLinkService]},
	"ListPrivateEndpointConnections": {http.MethodGet, connections, nil, of[connectionList]},
	"CreatePrivateEndpointConnection": {
		http.MethodPost, connections, of[newConnection], of[privateEndpointConnection],
	},
	"GetPrivateEndpointConnection":    {http.MethodGet, connection, nil, of[privateEndpointConnection]},
	"DeletePrivateEndpointConnection": {http.MethodDelete, connection, nil, of[empty]},
}

func of[T any]() any { return new(T) }

type empty struct{}

type rpcStatus struct {
	Code    int32            `json:"code"`
	Message string           `json:"message"`
	Details []map[string]any `json:"details"`
}

type page struct {
	TotalSize     int32  `json:"totalSize"`
	NextPageToken string `json:"nextPageToken,omitempty"`
}

type tidbList struct {
	page
	Tidbs []tidbInstance `json:"tidbs"`
}

// int64 is text in JSON, int32 a number, and a time RFC 3339.
type tidbInstance struct {
	Name                       string            `json:"name"`
	TidbID                     string            `json:"tidbId"`
	DisplayName                string            `json:"displayName"`
	RegionID                   string            `json:"regionId"`
	CloudProvider              string            `json:"cloudProvider"`
	RegionDisplayName          string            `json:"regionDisplayName"`
	State                      string            `json:"state"`
	MinRcu                     int64             `json:"minRcu,string,omitempty"`
	MaxRcu                     int64             `json:"maxRcu,string,omitempty"`
	BaselineRcu                int64             `json:"baselineRcu,string,omitempty"`
	ServicePlan                string            `json:"servicePlan"`
	ReservedCapacityTemplateID string            `json:"reservedCapacityTemplateId,omitempty"`
	ResourcePoolID             string            `json:"resourcePoolId,omitempty"`
	HighAvailabilityType       string            `json:"highAvailabilityType,omitempty"`
	Annotations                map[string]string `json:"annotations,omitempty"`
	Labels                     map[string]string `json:"labels,omitempty"`
	Creator                    string            `json:"creator,omitempty"`
	CreateTime                 *time.Time        `json:"createTime,omitempty"`
	UpdateTime                 *time.Time        `json:"updateTime,omitempty"`
	AutomaticResumeAt          *time.Time        `json:"automaticResumeAt,omitempty"`
	Endpoints                  []endpoint        `json:"endpoints,omitempty"`
	DualLayerDataEncryption    *bool             `json:"dualLayerDataEncryption,omitempty"`
	TidbVersion                string            `json:"tidbVersion,omitempty"`
	Tags                       []string          `json:"tags,omitempty"`
	CapacityUpdateTime         *time.Time        `json:"capacityUpdateTime,omitempty"`
	CapacityMode               string            `json:"capacityMode,omitempty"`
}

type endpoint struct {
	Host                   string        `json:"host"`
	Port                   int32         `json:"port"`
	ConnectionType         string        `json:"connectionType"`
	ConnectionReachability *reachability `json:"connectionReachability,omitempty"`
	EgressIPs              []string      `json:"egressIps,omitempty"`
}

type reachability struct {
	Reachable bool `json:"reachable"`
	Detail    struct {
		ServiceActive  bool   `json:"serviceActive"`
		EndpointActive bool   `json:"endpointActive"`
		DNSReachable   bool   `json:"dnsReachable"`
		Message        string `json:"message,omitempty"`
	} `json:"detail"`
}

type newTidb struct {
	DisplayName  string `json:"displayName"`
	RegionID     string `json:"regionId"`
	ServicePlan  string `json:"servicePlan"`
	RootPassword string `json:"rootPassword,omitempty"`
	MinRcu       int64  `json:"minRcu,string,omitempty"`
	MaxRcu       int64  `json:"maxRcu,string,omitempty"`
}

type tidbChange struct {
	DisplayName string `json:"displayName,omitempty"`
	MaxRcu      int64  `json:"maxRcu,string,omitempty"`
}

type newRootPassword struct {
	RootPassword string `json:"rootPassword"`
}

type cloudProviderInfo struct {
	TidbID                     string `json:"tidbId"`
	CloudProvider              string `json:"cloudProvider"`
	TidbCloudAccountID         string `json:"tidbCloudAccountId"`
	TidbCloudAccountExternalID string `json:"tidbCloudAccountExternalId,omitempty"`
	NodeRole                   string `json:"nodeRole,omitempty"`
}

type caCertificateURL struct {
	URI string `json:"uri"`
}

type publicConnectionSetting struct {
	Name         string     `json:"name"`
	TidbID       string     `json:"tidbId"`
	Enabled      *bool      `json:"enabled"`
	IPAccessList []ipAccess `json:"ipAccessList"`
	EgressIPs    []string   `json:"egressIps"`
}

type publicConnectionChange struct {
	Enabled           *bool      `json:"enabled,omitempty"`
	IPAccessList      []ipAccess `json:"ipAccessList,omitempty"`
	ClearIPAccessList bool       `json:"clearIpAccessList,omitempty"`
}

type ipAccess struct {
	CidrNotation string `json:"cidrNotation"`
	Description  string `json:"description,omitempty"`
}

type regionList struct {
	page
	Regions []struct {
		Name                  string   `json:"name"`
		RegionID              string   `json:"regionId"`
		CloudProvider         string   `json:"cloudProvider"`
		DisplayName           string   `json:"displayName"`
		Provider              string   `json:"provider,omitempty"`
		ServicePlans          []string `json:"servicePlans"`
		SupportedServicePlans []struct {
			ServicePlan          string   `json:"servicePlan"`
			DisplayName          string   `json:"displayName"`
			SupportedEngineTypes []string `json:"supportedEngineTypes"`
		} `json:"supportedServicePlans"`
	} `json:"regions"`
}

type privateLinkService struct {
	Name              string   `json:"name"`
	TidbID            string   `json:"tidbId"`
	RegionID          string   `json:"regionId"`
	RegionDisplayName string   `json:"regionDisplayName"`
	CloudProvider     string   `json:"cloudProvider"`
	ServiceName       string   `json:"serviceName,omitempty"`
	ServiceDNSName    string   `json:"serviceDnsName,omitempty"`
	AvailableZones    []string `json:"availableZones,omitempty"`
	ServicePort       int32    `json:"servicePort"`
	State             string   `json:"state"`
}

type connectionList struct {
	page
	PrivateEndpointConnections []privateEndpointConnection `json:"privateEndpointConnections"`
}

type newConnection struct {
	RegionID          string `json:"regionId"`
	EndpointID        string `json:"endpointId"`
	PrivateDomainName string `json:"privateDomainName"`
}

// The port is text here, and a number in endpoint.
type privateEndpointConnection struct {
	Name                        string `json:"name,omitempty"`
	TidbID                      string `json:"tidbId"`
	PrivateEndpointConnectionID string `json:"privateEndpointConnectionId,omitempty"`
	RegionID                    string `json:"regionId"`
	RegionDisplayName           string `json:"regionDisplayName"`
	CloudProvider               string `json:"cloudProvider"`
	EndpointID                  string `json:"endpointId"`
	PrivateDomainName           string `json:"privateDomainName,omitempty"`
	EndpointState               string `json:"endpointState"`
	Message                     string `json:"message,omitempty"`
	PrivateLinkService          string `json:"privateLinkService"`
	PrivateLinkServiceState     string `json:"privateLinkServiceState"`
	Host                        string `json:"host,omitempty"`
	Port                        string `json:"port,omitempty"`
	PrivateIPAddress            string `json:"privateIpAddress,omitempty"`
}
