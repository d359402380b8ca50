// Calls TiDB Cloud v1beta2 as a test asks on standard input, over the digest transport of the official command line
// (github.com/icholy/digest on net/http). The answers are decoded into the types of types.go; a field that they do not
// have, or a value of another type, is an error.
//
// The test sends one JSON object per line and gets one back per line, in order:
//
//	{"operation", "ids"?: {name: value}, "query"?: [[name, value]], "body"?}
//	-> {"status", "headers", "body"}            a success, through the types and written as JSON again
//	-> {"status", "headers", "error": rpcStatus}
//	-> {"failure": text}                        no answer, or one that does not fit
//
// Arguments: base URL, public key, private key.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/icholy/digest"
)

const (
	requestTimeout = 15 * time.Second
	longestLine    = 1 << 20
	largestAnswer  = 8 << 20
)

type call struct {
	Operation string            `json:"operation"`
	IDs       map[string]string `json:"ids"`
	Query     [][2]string       `json:"query"`
	Body      json.RawMessage   `json:"body"`
}

type caller struct {
	baseURL string
	client  *http.Client
}

func main() {
	calls := caller{
		baseURL: os.Args[1],
		client: &http.Client{
			Timeout:   requestTimeout,
			Transport: &digest.Transport{Username: os.Args[2], Password: os.Args[3]},
		},
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longestLine)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		told, err := calls.run(lines.Bytes())
		if err != nil {
			told = map[string]any{"failure": err.Error()}
		}
		if err := answers.Encode(told); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func (c caller) run(line []byte) (map[string]any, error) {
	var asked call
	if err := json.Unmarshal(line, &asked); err != nil {
		return nil, err
	}
	known, ok := operations[asked.Operation]
	if !ok {
		return nil, fmt.Errorf("%s is no operation", asked.Operation)
	}
	request, err := c.request(known, asked)
	if err != nil {
		return nil, err
	}
	response, err := c.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, largestAnswer))
	if err != nil {
		return nil, err
	}
	told := map[string]any{"status": response.StatusCode, "headers": flat(response.Header)}
	if response.StatusCode >= http.StatusBadRequest {
		status := &rpcStatus{}
		told["error"] = status
		return told, decode(text, status)
	}
	body := known.answer()
	told["body"] = body
	return told, decode(text, body)
}

func (c caller) request(known operation, asked call) (*http.Request, error) {
	path := known.path
	for name, value := range asked.IDs {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	query := url.Values{}
	for _, pair := range asked.Query {
		query.Add(pair[0], pair[1])
	}
	target := c.baseURL + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	if known.body == nil {
		return http.NewRequest(known.method, target, nil)
	}
	body := known.body()
	if err := decode(asked.Body, body); err != nil {
		return nil, err
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(known.method, target, bytes.NewReader(text))
	if err == nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, err
}

func decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func flat(headers http.Header) map[string]string {
	flat := map[string]string{}
	for name := range headers {
		flat[strings.ToLower(name)] = headers.Get(name)
	}
	return flat
}
