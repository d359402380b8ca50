//go:build tools

// Package tidb names what go.mod is for: the server that the tests build.
package tidb

import _ "github.com/pingcap/tidb/cmd/tidb-server"
