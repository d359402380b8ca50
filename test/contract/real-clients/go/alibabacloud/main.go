// Calls Alibaba Cloud through its official Go SDK, as a test asks on standard input. It is the SDK that the aliyun command
// line is built on, and it signs with RPC signature 1.0.
//
// The test sends one JSON object per line and gets one back per line, in order:
//
//	{"product", "action", "parameters", "credentials"?, "generic"?}
//	-> {"body", "complaints": [text]}
//	-> {"error": {"kind", "code", "message", "status", "requestId"}}
//
// parameters have the names of the API. They go through the SDK's request type, so one that the type does not know is
// refused here. The answer is decoded into the SDK's response type; complaints says what does not fit it. With generic, and
// where the SDK has no types for an action, the call goes through the SDK's CommonRequest, as the command line does it.
//
// Arguments: the origin of the service, region, access key id, access key secret.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
)

const (
	connectTimeout = 5 * time.Second
	readTimeout    = 10 * time.Second
	longestLine    = 1 << 20
)

type credentials struct {
	AccessKeyID     string `json:"accessKeyId"`
	AccessKeySecret string `json:"accessKeySecret"`
	SecurityToken   string `json:"securityToken"`
}

type call struct {
	Product     string         `json:"product"`
	Action      string         `json:"action"`
	Parameters  map[string]any `json:"parameters"`
	Credentials *credentials   `json:"credentials"`
	Generic     bool           `json:"generic"`
}

type caller struct {
	host   string
	region string
	own    credentials
}

func main() {
	origin, err := url.Parse(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	calls := caller{
		host:   origin.Host,
		region: os.Args[2],
		own:    credentials{AccessKeyID: os.Args[3], AccessKeySecret: os.Args[4]},
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longestLine)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := answers.Encode(calls.answer(lines.Bytes())); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func (c caller) answer(line []byte) map[string]any {
	var asked call
	if err := json.Unmarshal(line, &asked); err != nil {
		return described(err)
	}
	body, complaints, err := c.run(asked)
	if err != nil {
		return described(err)
	}
	return map[string]any{"body": json.RawMessage(body), "complaints": complaints}
}

func (c caller) run(asked call) ([]byte, []string, error) {
	known := c.own
	if asked.Credentials != nil {
		known = *asked.Credentials
	}
	client, err := newClient(c.region, known)
	if err != nil {
		return nil, nil, err
	}
	typed, isTyped := typedCalls[asked.Product+":"+asked.Action]
	if asked.Generic || !isTyped {
		return c.runGeneric(client, asked)
	}
	request, response := typed()
	request.SetScheme(requests.HTTP)
	request.SetDomain(c.host)
	if err := fill(request, asked.Parameters); err != nil {
		return nil, nil, err
	}
	if err := client.DoAction(request, response); err != nil {
		return nil, nil, err
	}
	body := response.GetHttpContentBytes()
	return body, misfits(body, response), nil
}

func newClient(region string, known credentials) (*sdk.Client, error) {
	var client *sdk.Client
	var err error
	if known.SecurityToken == "" {
		client, err = sdk.NewClientWithAccessKey(region, known.AccessKeyID, known.AccessKeySecret)
	} else {
		client, err = sdk.NewClientWithStsToken(
			region, known.AccessKeyID, known.AccessKeySecret, known.SecurityToken)
	}
	if err != nil {
		return nil, err
	}
	client.SetConnectTimeout(connectTimeout)
	client.SetReadTimeout(readTimeout)
	return client, nil
}

func (c caller) runGeneric(client *sdk.Client, asked call) ([]byte, []string, error) {
	request := requests.NewCommonRequest()
	request.Method = requests.POST
	request.Scheme = requests.HTTP
	request.Domain = c.host
	request.Version = versions[asked.Product]
	request.ApiName = asked.Action
	request.Product = asked.Product
	into := request.QueryParams
	if bodyActions[asked.Action] {
		into = request.FormParams
	}
	flatten(into, "", asked.Parameters)
	response, err := client.ProcessCommonRequest(request)
	if err != nil {
		return nil, nil, err
	}
	return response.GetHttpContentBytes(), []string{}, nil
}

// Lists are numbered from 1 and nested names joined by dots, as the command line flattens what it is given.
func flatten(into map[string]string, name string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			flatten(into, strings.TrimPrefix(name+"."+key, "."), item)
		}
	case []any:
		for index, item := range value {
			flatten(into, fmt.Sprintf("%s.%d", name, index+1), item)
		}
	default:
		into[name] = textOf(value)
	}
}

func textOf(value any) string {
	if number, ok := value.(float64); ok {
		return fmt.Sprintf("%.0f", number)
	}
	return fmt.Sprint(value)
}

// fill sets the fields of a request type by the names that the SDK's tags give them.
func fill(request requests.AcsRequest, parameters map[string]any) error {
	fields := reflect.ValueOf(request).Elem()
	for name, value := range parameters {
		if name == "RegionId" {
			// No request type has it: the SDK adds the client's own region unless the query names one.
			request.GetQueryParams()[name] = textOf(value)
			continue
		}
		field, ok := fieldNamed(fields, name)
		if !ok {
			return fmt.Errorf("%s has no %s", fields.Type().Name(), name)
		}
		if err := set(field, value); err != nil {
			return fmt.Errorf("%s.%s: %w", fields.Type().Name(), name, err)
		}
	}
	return nil
}

func fieldNamed(fields reflect.Value, name string) (reflect.Value, bool) {
	for index := 0; index < fields.NumField(); index++ {
		if fields.Type().Field(index).Tag.Get("name") == name {
			return fields.Field(index), true
		}
	}
	return reflect.Value{}, false
}

func set(field reflect.Value, value any) error {
	switch field.Kind() {
	case reflect.String:
		field.SetString(textOf(value))
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		return set(field.Elem(), value)
	case reflect.Slice:
		items, ok := value.([]any)
		if !ok {
			return fmt.Errorf("is a list")
		}
		field.Set(reflect.MakeSlice(field.Type(), len(items), len(items)))
		for index, item := range items {
			if err := set(field.Index(index), item); err != nil {
				return err
			}
		}
	case reflect.Struct:
		members, ok := value.(map[string]any)
		if !ok {
			return fmt.Errorf("has members")
		}
		for name, member := range members {
			inner, known := fieldNamed(field, name)
			if !known {
				return fmt.Errorf("has no %s", name)
			}
			if err := set(inner, member); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("cannot hold a %T", value)
	}
	return nil
}

// misfits decodes an answer into the SDK's response type without the SDK's tolerance of text for numbers.
func misfits(body []byte, response responses.AcsResponse) []string {
	strict := reflect.New(reflect.TypeOf(response).Elem())
	strict.Elem().FieldByName("BaseResponse").Set(reflect.ValueOf(&responses.BaseResponse{}))
	if err := json.Unmarshal(body, strict.Interface()); err != nil {
		return []string{err.Error()}
	}
	return []string{}
}

func described(err error) map[string]any {
	told := map[string]any{"kind": fmt.Sprintf("%T", err), "message": err.Error()}
	if refused, ok := err.(errors.Error); ok {
		told["code"] = refused.ErrorCode()
		told["message"] = refused.Message()
		told["status"] = refused.HttpStatus()
	}
	if refused, ok := err.(*errors.ServerError); ok {
		told["requestId"] = refused.RequestId()
	}
	return map[string]any{"error": told}
}
