package main

import (
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/privatelink"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/sts"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/vpc"
)

var versions = map[string]string{
	"privatelink": "2020-04-15",
	"vpc":         "2016-04-28",
	"ecs":         "2014-05-26",
	"sts":         "2015-04-01",
}

// bodyActions take their parameters in the form body.
var bodyActions = map[string]bool{"TagResources": true, "UntagResources": true}

type typedCall func() (requests.AcsRequest, responses.AcsResponse)

func typed[Request requests.AcsRequest, Response responses.AcsResponse](
	request func() Request, response func() Response,
) typedCall {
	return func() (requests.AcsRequest, responses.AcsResponse) { return request(), response() }
}

// typedCalls are the actions for which the SDK has types.
var typedCalls = map[string]typedCall{
	"sts:GetCallerIdentity":                          typed(sts.CreateGetCallerIdentityRequest, sts.CreateGetCallerIdentityResponse),
	"sts:AssumeRole":                                 typed(sts.CreateAssumeRoleRequest, sts.CreateAssumeRoleResponse),
	"sts:AssumeRoleWithOIDC":                         typed(sts.CreateAssumeRoleWithOIDCRequest, sts.CreateAssumeRoleWithOIDCResponse),
	"vpc:DescribeVpcs":                               typed(vpc.CreateDescribeVpcsRequest, vpc.CreateDescribeVpcsResponse),
	"vpc:DescribeVSwitches":                          typed(vpc.CreateDescribeVSwitchesRequest, vpc.CreateDescribeVSwitchesResponse),
	"vpc:DescribeZones":                              typed(vpc.CreateDescribeZonesRequest, vpc.CreateDescribeZonesResponse),
	"vpc:DescribeRegions":                            typed(vpc.CreateDescribeRegionsRequest, vpc.CreateDescribeRegionsResponse),
	"ecs:DescribeSecurityGroups":                     typed(ecs.CreateDescribeSecurityGroupsRequest, ecs.CreateDescribeSecurityGroupsResponse),
	"ecs:DescribeSecurityGroupAttribute":             typed(ecs.CreateDescribeSecurityGroupAttributeRequest, ecs.CreateDescribeSecurityGroupAttributeResponse),
	"ecs:DescribeRegions":                            typed(ecs.CreateDescribeRegionsRequest, ecs.CreateDescribeRegionsResponse),
	"ecs:DescribeZones":                              typed(ecs.CreateDescribeZonesRequest, ecs.CreateDescribeZonesResponse),
	"ecs:AuthorizeSecurityGroup":                     typed(ecs.CreateAuthorizeSecurityGroupRequest, ecs.CreateAuthorizeSecurityGroupResponse),
	"privatelink:CheckProductOpen":                   typed(privatelink.CreateCheckProductOpenRequest, privatelink.CreateCheckProductOpenResponse),
	"privatelink:OpenPrivateLinkService":             typed(privatelink.CreateOpenPrivateLinkServiceRequest, privatelink.CreateOpenPrivateLinkServiceResponse),
	"privatelink:DescribeRegions":                    typed(privatelink.CreateDescribeRegionsRequest, privatelink.CreateDescribeRegionsResponse),
	"privatelink:DescribeZones":                      typed(privatelink.CreateDescribeZonesRequest, privatelink.CreateDescribeZonesResponse),
	"privatelink:ListVpcEndpointServicesByEndUser":   typed(privatelink.CreateListVpcEndpointServicesByEndUserRequest, privatelink.CreateListVpcEndpointServicesByEndUserResponse),
	"privatelink:CreateVpcEndpoint":                  typed(privatelink.CreateCreateVpcEndpointRequest, privatelink.CreateCreateVpcEndpointResponse),
	"privatelink:GetVpcEndpointAttribute":            typed(privatelink.CreateGetVpcEndpointAttributeRequest, privatelink.CreateGetVpcEndpointAttributeResponse),
	"privatelink:ListVpcEndpoints":                   typed(privatelink.CreateListVpcEndpointsRequest, privatelink.CreateListVpcEndpointsResponse),
	"privatelink:ListVpcEndpointZones":               typed(privatelink.CreateListVpcEndpointZonesRequest, privatelink.CreateListVpcEndpointZonesResponse),
	"privatelink:ListVpcEndpointSecurityGroups":      typed(privatelink.CreateListVpcEndpointSecurityGroupsRequest, privatelink.CreateListVpcEndpointSecurityGroupsResponse),
	"privatelink:AttachSecurityGroupToVpcEndpoint":   typed(privatelink.CreateAttachSecurityGroupToVpcEndpointRequest, privatelink.CreateAttachSecurityGroupToVpcEndpointResponse),
	"privatelink:DetachSecurityGroupFromVpcEndpoint": typed(privatelink.CreateDetachSecurityGroupFromVpcEndpointRequest, privatelink.CreateDetachSecurityGroupFromVpcEndpointResponse),
	"privatelink:AddZoneToVpcEndpoint":               typed(privatelink.CreateAddZoneToVpcEndpointRequest, privatelink.CreateAddZoneToVpcEndpointResponse),
	"privatelink:RemoveZoneFromVpcEndpoint":          typed(privatelink.CreateRemoveZoneFromVpcEndpointRequest, privatelink.CreateRemoveZoneFromVpcEndpointResponse),
	"privatelink:UpdateVpcEndpointAttribute":         typed(privatelink.CreateUpdateVpcEndpointAttributeRequest, privatelink.CreateUpdateVpcEndpointAttributeResponse),
	"privatelink:DeleteVpcEndpoint":                  typed(privatelink.CreateDeleteVpcEndpointRequest, privatelink.CreateDeleteVpcEndpointResponse),
	"privatelink:TagResources":                       typed(privatelink.CreateTagResourcesRequest, privatelink.CreateTagResourcesResponse),
}
